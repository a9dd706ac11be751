import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorsOf, withoutCodeBlocks } from './anchors.ts';

/*
 * Every file and every section that the code or a page names must exist. A reference is a Markdown link, a path in
 * backticks, or `docs/…` in a comment or a string of the code.
 */

const CODE_FOLDERS = ['lambda', 'cli', 'infra', 'test', 'bench', 'tools'];

interface Reference {
  readonly from: string;
  readonly file: string;
  readonly anchor: string;
}

function filesIn(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file) && !/(^|\/)node_modules\//.test(file))
    .map((file) => join(folder, file));
}

const PAGES = [
  ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ...filesIn('docs', /\.md$/),
  'test/e2e/README.md',
];
const CODE = CODE_FOLDERS.flatMap((folder) => filesIn(folder, /\.(ts|tsx|mjs|py|grit)$/));

function referenceFrom(from: string, target: string, folder: string): Reference {
  const [path = '', anchor = ''] = target.split('#');
  return { from, file: path === '' ? from : normalize(join(folder, path)), anchor };
}

function referencesOfPage(page: string): readonly Reference[] {
  const text = withoutCodeBlocks(readFileSync(page, 'utf8'));
  const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) =>
    referenceFrom(page, target, dirname(page)),
  );
  const paths = [...text.matchAll(/`((?:lambda|cli|infra|test|bench|tools|docs)\/[\w./-]+)`/g)].map(
    ([, target = '']) => referenceFrom(page, target, '.'),
  );
  return [...links, ...paths];
}

function referencesOfCode(file: string): readonly Reference[] {
  const text = readFileSync(file, 'utf8');
  const named = text.matchAll(/\b(docs\/[\w./-]+?\.(?:md|png)(?:#[a-z0-9-]+)?)/g);
  return [...named].map(([, target = '']) => referenceFrom(file, target, '.'));
}

function isBroken({ file, anchor }: Reference): boolean {
  if (!existsSync(file)) return true;
  return anchor !== '' && file.endsWith('.md') && !anchorsOf(readFileSync(file, 'utf8')).has(anchor);
}

test('every file and section that a page names exists', () => {
  const references = PAGES.flatMap(referencesOfPage);
  expect(references.length).toBeGreaterThan(100);
  expect(references.filter(isBroken)).toEqual([]);
});

test('every page and section of docs/ that the code names exists', () => {
  const references = CODE.flatMap(referencesOfCode);
  expect(references.length).toBeGreaterThan(30);
  expect(references.filter(isBroken)).toEqual([]);
});

test('every section that the comments quote from CONTRIBUTING.md exists', () => {
  const anchors = anchorsOf(readFileSync('CONTRIBUTING.md', 'utf8'));
  const quoted = CODE.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/CONTRIBUTING\.md, "([^"]+)"/g)].map(
      ([, heading = '']) => heading,
    ),
  );
  expect(quoted).not.toEqual([]);
  for (const heading of quoted) {
    expect([...anchors]).toContain(heading.toLowerCase().replaceAll(' ', '-'));
  }
});

test('no page and no code names a document that is not in the repository', () => {
  const outside = [...PAGES, ...CODE]
    .filter((file) => file !== 'test/docs/references.test.ts')
    .filter((file) =>
      /section \d of the design|design, section \d|timbal-api-notes/.test(readFileSync(file, 'utf8')),
    );
  expect(outside).toEqual([]);
});
