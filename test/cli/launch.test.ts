import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aFolder, removeFolders } from './a-laptop.ts';

/** A build and a few starts. */
jest.setTimeout(30_000);
afterEach(removeFolders);

const ROOT = join(import.meta.dirname, '..', '..');
/** Folders and files that a bundle of `npm start` is made of. */
const PARTS = ['cli', 'infra', 'lambda', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** A copy of the project, whose sources a test may change. */
function aProject(): string {
  const project = aFolder();
  for (const part of PARTS) cpSync(join(ROOT, part), join(project, part), { recursive: true });
  mkdirSync(join(project, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name.startsWith('.')) continue;
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
  }
  return project;
}

const help = (project: string, cwd = project) =>
  execFileSync('node', [join(project, 'cli', 'start.mjs'), '--help'], { cwd, encoding: 'utf8' });
const bundleOf = (project: string) => join(project, 'node_modules', '.cache', 'sync-alerts', 'main.mjs');

describe('the launcher', () => {
  it('runs the same bundle again while no source has changed, from any folder', () => {
    const project = aProject();
    expect(help(project)).toMatch(/^Checks the connector syncs /);
    const { mtimeMs } = statSync(bundleOf(project));
    expect(help(project, '/')).toMatch(/^Checks the connector syncs /);
    expect(statSync(bundleOf(project)).mtimeMs).toBe(mtimeMs);
  });

  it('bundles again once a source has changed', () => {
    const project = aProject();
    help(project);
    const { mtimeMs } = statSync(bundleOf(project));
    const now = new Date();
    utimesSync(join(project, 'cli', 'run.ts'), now, now);
    expect(help(project)).toMatch(/^Checks the connector syncs /);
    expect(statSync(bundleOf(project)).mtimeMs).toBeGreaterThan(mtimeMs);
  });

  it('runs where it cannot write its cache', () => {
    const project = aProject();
    // A file in place of the folder: it stops also a user who may write everywhere.
    writeFileSync(join(project, 'node_modules', '.cache'), '');
    expect(help(project)).toMatch(/^Checks the connector syncs /);
  });

  it('runs npm run invoke', () => {
    const { status, stdout } = spawnSync('node', [join(ROOT, 'cli', 'invoke.mjs'), '--help'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/npm run invoke/) });
  });
});
