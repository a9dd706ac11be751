import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  RUNBOOK_SECTIONS,
  runbook,
  sectionAboutError,
  sectionsAbout,
} from '../../lambda/invocation/runbook.ts';
import { anchorOf } from './anchors.ts';

const PAGE = readFileSync('docs/runbook.md', 'utf8');

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

test('the headings of the runbook are the sections that the code names, in the same order', () => {
  expect(anchorsOf(PAGE, '###')).toEqual([...RUNBOOK_SECTIONS]);
});

test.each(RUNBOOK_SECTIONS)('the section %s says what it means and how to fix it', (section) => {
  const [, text = ''] =
    PAGE.split(/^###? /m)
      .map((part): [string, string] => [anchorOf(part.split('\n')[0] ?? ''), part])
      .find(([anchor]) => anchor === section) ?? [];
  expect(text).toMatch(/\*\*What it means\.\*\* [\s\S]+\*\*How to fix it\.\*\* /);
});

test('every error code of the function has a section of the runbook', () => {
  const codes = textsUnder('lambda').flatMap((text) =>
    [...text.matchAll(/(?:(?:Error|super|#error)\(\s*|\bcode(?::| =) )[`']([a-z]+_[a-z_]*|unexpected)/g)].map(
      ([, code = '']) => code,
    ),
  );
  expect(codes).toEqual(
    expect.arrayContaining(['secret_invalid', 'state_newer', 'slack_refused', 'listing_']),
  );
  const without = [...new Set(codes)].filter((code) => sectionAboutError(code) === 'checks-fail');
  expect(without).toEqual(['check_failed']);
});

test('an unknown error code leads to the section about failing checks', () => {
  expect(runbook(sectionAboutError('something_else'))).toBe('docs/runbook.md#checks-fail');
});

test('a check that another one stopped names the section about it', () => {
  const stopped = { at: '', organisation: 'acme', environment: 'prod', reason: '' };
  expect(sectionsAbout({ kind: 'lease_held', ...stopped })).toEqual(['another-check-was-running']);
  expect(sectionsAbout({ kind: 'superseded', ...stopped })).toEqual(['another-check-was-running']);
});
