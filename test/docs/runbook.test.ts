import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  RUNBOOK_SECTIONS,
  runbook,
  sectionAboutError,
  sectionsAbout,
} from '../../lambda/invocation/runbook.ts';

const PAGE = readFileSync('docs/runbook.md', 'utf8');

/** What GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

function anchorsOf(page: string, level: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^${level} (.+)$`, 'gm'))].map(([, heading = '']) => anchorOf(heading));
}

function textsUnder(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|md)$/.test(file))
      .map((file) => readFileSync(join(folder, file), 'utf8')),
  );
}

test('every section that the code refers to is there, and every section is referred to', () => {
  expect(anchorsOf(PAGE, '###')).toEqual([...RUNBOOK_SECTIONS]);
});

test.each(RUNBOOK_SECTIONS)('%s says what it means and how to fix it', (section) => {
  const [, text = ''] =
    PAGE.split(/^###? /m)
      .map((part): [string, string] => [anchorOf(part.split('\n')[0] ?? ''), part])
      .find(([anchor]) => anchor === section) ?? [];
  expect(text).toMatch(/\*\*What it means\.\*\* [\s\S]+\*\*How to fix it\.\*\* /);
});

test('every link to a section, from the code or from a page, leads somewhere', () => {
  const pages = new Map(
    ['runbook.md', 'operations.md', 'costs.md'].map((name) => {
      const page = readFileSync(`docs/${name}`, 'utf8');
      return [name, [2, 3].flatMap((level) => anchorsOf(page, '#'.repeat(level)))];
    }),
  );
  const links = textsUnder('docs', 'lambda', 'infra').flatMap((text) => [
    ...text.matchAll(/\b(runbook|operations|costs)\.md#([a-z-]+)/g),
  ]);
  expect(links.length).toBeGreaterThan(5);
  const within = [...PAGE.matchAll(/\]\((#)([a-z-]+)\)/g)].map(([, , anchor]) => [
    '',
    'runbook',
    anchor ?? '',
  ]);
  for (const [, page, anchor = ''] of [...links, ...within]) {
    expect([page, anchor, pages.get(`${page}.md`)]).toEqual([page, anchor, expect.arrayContaining([anchor])]);
  }
});

test('every error of ours in the function has its section', () => {
  const codes = textsUnder('lambda').flatMap((text) =>
    [...text.matchAll(/(?:Error|super|#error)\(\s*(?:name, )?[`']([a-z]+_[a-z_]*|unexpected)/g)].map(
      ([, code = '']) => code,
    ),
  );
  expect(codes).toEqual(
    expect.arrayContaining(['secret_invalid', 'state_newer', 'slack_refused', 'listing_']),
  );
  const without = [...new Set(codes)].filter((code) => sectionAboutError(code) === 'checks-fail');
  expect(without).toEqual(['check_failed']);
});

test('an error that is not known leads to the section about failing checks', () => {
  expect(runbook(sectionAboutError('something_else'))).toBe('docs/runbook.md#checks-fail');
});

test('a check says which section is about it beside', () => {
  const stopped = { at: '', organisation: 'acme', environment: 'prod', reason: '' };
  expect(sectionsAbout({ kind: 'lease_held', ...stopped })).toEqual(['another-check-was-at-work']);
  expect(sectionsAbout({ kind: 'superseded', ...stopped })).toEqual(['another-check-was-at-work']);
});
