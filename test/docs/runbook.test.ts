import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checked } from '../../lambda/commands/outcome.ts';
import {
  RUNBOOK_SECTIONS,
  runbook,
  sectionAboutError,
  sectionsAbout,
} from '../../lambda/invocation/runbook.ts';
import { aCheck } from '../invocation/a-check.ts';
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

test.each(['lease_held', 'superseded'] as const)('a check that is %s links to one section', (kind) => {
  const stopped = { kind, at: '', organisation: 'acme', environment: 'prod', reason: '' };
  expect(sectionsAbout(stopped)).toEqual(['another-check-was-running']);
});

describe('a successful check links to', () => {
  const { syncs, posts } = aCheck();
  const problems = { disabled: 1, failing: 1, never_succeeded: 1, stalled: 1, unreadable: 0 };
  const readable = { ...syncs, problems, withoutId: 0 };
  const RECORDS = 'records-that-cannot-be-read';
  const TWICE = 'a-notification-was-sent-twice';
  const HEARTBEAT = 'a-heartbeat-was-not-accepted';
  const CLOCKS = 'clocks-disagree';
  const oneUnreadable = { ...readable, problems: { ...problems, unreadable: 1 } };
  const repeated = { ...posts, repeated: 1 };

  test.each<[string, Partial<Checked>, readonly string[]]>([
    ['no section when only syncs have problems', { syncs: readable }, []],
    ['one about an unreadable record', { syncs: oneUnreadable }, [RECORDS]],
    ['one about a record without an id', { syncs: { ...readable, withoutId: 1 } }, [RECORDS]],
    ['one about a repeated notification', { syncs: readable, posts: repeated }, [TWICE]],
    ['one about a heartbeat', { syncs: readable, heartbeat: { ok: false, error: '404' } }, [HEARTBEAT]],
    ['none about an accepted heartbeat', { syncs: readable, heartbeat: { ok: true } }, []],
    ['one about a clock that is wrong', { syncs: readable, clockSkew: 'ahead' }, [CLOCKS]],
    [
      'every section that applies',
      { syncs: oneUnreadable, posts: repeated, clockSkew: 'ahead' },
      [RECORDS, TWICE, CLOCKS],
    ],
  ])('%s', (_name, overrides, sections) => {
    expect(sectionsAbout(aCheck(overrides))).toEqual(sections);
  });
});
