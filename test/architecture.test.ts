import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** Each folder with those that its files may import from, beside itself. docs/architecture.md explains the order. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'lambda/core': [],
  'lambda/core/parse': ['lambda/core'],
  'lambda/core/diagnose': ['lambda/core'],
  'lambda/core/explain': ['lambda/core', 'lambda/core/diagnose'],
  'lambda/core/track': ['lambda/core', 'lambda/core/diagnose'],
  'lambda/core/notify': ['lambda/core', 'lambda/core/diagnose'],
  'lambda/core/save': ['lambda/core', 'lambda/core/diagnose', 'lambda/core/track', 'lambda/core/notify'],
  'lambda/core/digest': [
    'lambda/core',
    'lambda/core/diagnose',
    'lambda/core/explain',
    'lambda/core/track',
    'lambda/core/notify',
  ],
  'lambda/core/render': ['lambda/core', 'lambda/core/notify', 'lambda/core/digest'],
};

const CORE = Object.keys(MAY_IMPORT);
const OUTER = ['lambda/commands', 'lambda/invocation', 'cli', 'infra'] as const;

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

function importsOf(file: string): readonly string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  return [...source.matchAll(/^(?:import|export)[^;]*? from '(\.[^']+)';/gms)].map(([, path = '']) =>
    normalize(join(dirname(file), path)),
  );
}

describe('the core', () => {
  const files = sourcesIn('lambda/core');

  it.each(files)('%s imports only from earlier steps', (file) => {
    const folder = dirname(file);
    const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
    expect(
      importsOf(file)
        .map(dirname)
        .filter((imported) => !allowed.includes(imported)),
    ).toEqual([]);
  });

  it('has a rule for each of its folders', () => {
    expect(CORE.toSorted()).toEqual([...new Set(files.map(dirname))].toSorted());
  });
});

describe('the adapters', () => {
  const folders = ['http', 'timbal', 'destinations', 'slack', 'heartbeat', 'state', 'secret', 'aws'].map(
    (name) => `lambda/${name}`,
  );

  it.each(folders.flatMap(sourcesIn))('%s imports no command and no host', (file) => {
    const outer = importsOf(file).filter((path) => OUTER.some((folder) => path.startsWith(`${folder}/`)));
    expect(outer).toEqual([]);
  });
});

it.each(sourcesIn('lambda/commands'))('%s imports no host', (file) => {
  const hosts = importsOf(file).filter((path) => /^(lambda\/invocation|cli|infra)\//.test(path));
  expect(hosts).toEqual([]);
});

it.each(sourcesIn('cli'))('%s imports nothing of the other host', (file) => {
  expect(importsOf(file).filter((path) => path.startsWith('lambda/invocation/'))).toEqual([]);
});
