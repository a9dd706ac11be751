import type { Outcome } from '../commands/outcome.ts';

/** A section of docs/runbook.md, by the anchor of its heading. A test compares this list with the headings. */
export const RUNBOOK_SECTIONS = [
  // Alarms.
  'no-check-completed',
  'checks-fail',
  'dead-letters',
  'events-dropped',
  'invocations-throttled',
  'notifications-undelivered-for-an-hour',
  'checks-near-their-time-limit',
  // Errors of a check or another command.
  'the-settings-are-invalid',
  'the-secret-cannot-be-used',
  'the-syncs-cannot-be-listed',
  'no-syncs-are-visible',
  'state-cannot-be-read-or-written',
  'slack-refuses-messages',
  'another-destination-refuses-messages',
  'clocks-disagree',
  'a-command-failed',
  'an-unexpected-error',
  // Findings of a successful check about sync-alerts itself.
  'another-check-was-running',
  'records-that-cannot-be-read',
  'a-notification-was-sent-twice',
  'a-heartbeat-was-not-accepted',
] as const;

export type RunbookSection = (typeof RUNBOOK_SECTIONS)[number];

/** The link to a section of the page: of `links.runbook` in the policy, else relative to the root of the repository. */
export function runbook(section: RunbookSection, page = 'docs/runbook.md'): string {
  return `${page}#${section}`;
}

const SECTIONS_BY_CODE: readonly (readonly [RegExp, RunbookSection])[] = [
  [/^settings_/, 'the-settings-are-invalid'],
  [/^secret_/, 'the-secret-cannot-be-used'],
  [/^(listing_|key_unreadable$|base_url_invalid$|organisation_invalid$)/, 'the-syncs-cannot-be-listed'],
  [/^state_/, 'state-cannot-be-read-or-written'],
  [/^slack_/, 'slack-refuses-messages'],
  [/^(pagerduty|sns)_/, 'another-destination-refuses-messages'],
  [/^superseded_twice$/, 'clocks-disagree'],
  [/^(test|report)_failed$/, 'a-command-failed'],
  [/^unexpected$/, 'an-unexpected-error'],
];

/** The section about an error with this code; for a code without a section of its own, the one about failing checks. */
export function sectionAboutError(code: string): RunbookSection {
  return SECTIONS_BY_CODE.find(([codes]) => codes.test(code))?.[1] ?? 'checks-fail';
}

/** The sections about the findings of a check about sync-alerts itself; problems of syncs have none. */
export function sectionsAbout(outcome: Outcome): readonly RunbookSection[] {
  if (outcome.kind !== 'checked') return ['another-check-was-running'];
  const { syncs, posts, clockSkew, apiSkewSeconds } = outcome;
  const sections: RunbookSection[] = [];
  if (syncs.withoutId + syncs.problems.unreadable > 0) sections.push('records-that-cannot-be-read');
  if (posts.repeated > 0) sections.push('a-notification-was-sent-twice');
  if (outcome.heartbeat?.ok === false) sections.push('a-heartbeat-was-not-accepted');
  if (clockSkew !== undefined || apiSkewSeconds !== undefined) sections.push('clocks-disagree');
  return sections;
}
