import type { Outcome } from '../commands/outcome.ts';

/** A section of the runbook, as the anchor of its heading. A test holds this list and the headings together. */
export const RUNBOOK_SECTIONS = [
  // Alarms.
  'no-check-completed',
  'checks-fail',
  'dead-letters',
  'events-dropped',
  'invocations-throttled',
  'something-is-due-for-an-hour',
  'checks-near-their-time-limit',
  // What a failed check or command says.
  'the-function-is-set-up-wrongly',
  'the-secret-is-not-usable',
  'the-syncs-cannot-be-seen',
  'memory-cannot-be-read-or-written',
  'slack-does-not-take-it',
  'the-clocks-disagree',
  'a-command-failed',
  'an-unexpected-error',
  // What a check that worked may say beside.
  'another-check-was-at-work',
  'records-that-cannot-be-read',
  'something-was-told-twice',
] as const;

export type RunbookSection = (typeof RUNBOOK_SECTIONS)[number];

/** Where a section is, from the root of the repository. */
export function runbook(section: RunbookSection): string {
  return `docs/runbook.md#${section}`;
}

const BY_CODE: readonly (readonly [RegExp, RunbookSection])[] = [
  [/^settings_/, 'the-function-is-set-up-wrongly'],
  [/^secret_/, 'the-secret-is-not-usable'],
  [/^(listing_|key_unreadable$|base_url_invalid$|organisation_invalid$)/, 'the-syncs-cannot-be-seen'],
  [/^memory_/, 'memory-cannot-be-read-or-written'],
  [/^slack_/, 'slack-does-not-take-it'],
  [/^overtaken_twice$/, 'the-clocks-disagree'],
  [/^(test|report)_failed$/, 'a-command-failed'],
  [/^unexpected$/, 'an-unexpected-error'],
];

/** The section about an error of ours, by its code; where there is none of its own, the one about failing checks. */
export function sectionAboutError(code: string): RunbookSection {
  return BY_CODE.find(([codes]) => codes.test(code))?.[1] ?? 'checks-fail';
}

/** The sections about what a check that worked says beside: about the watcher, not about syncs. */
export function sectionsAbout(outcome: Outcome): readonly RunbookSection[] {
  if (outcome.kind !== 'checked') return ['another-check-was-at-work'];
  const { syncs, posts, clockSkew } = outcome;
  const sections: RunbookSection[] = [];
  if (syncs.withoutId + syncs.problems.unreadable > 0) sections.push('records-that-cannot-be-read');
  if (posts.repeated > 0) sections.push('something-was-told-twice');
  if (clockSkew !== undefined) sections.push('the-clocks-disagree');
  return sections;
}
