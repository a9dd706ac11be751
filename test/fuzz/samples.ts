import { aFailingRecord, aRecord, START } from '../commands/a-world.ts';
import type { Json } from '../state/a-document.ts';

/** Valid inputs, which the targets mutate. */

export const RECORDS: readonly Json[] = [
  json(aRecord(START)),
  json(aFailingRecord(START, { id: 'invoices', name: 'invoices', consecutive_failures: 3 })),
  json(aRecord(START, { id: 7, enabled: false, disabled_reason: 'ten failures', next_run_at: null })),
  json(aRecord(START, { id: 'old', last_success_at: '2026-11-20T00:00:00Z', seconds_since_success: 1e5 })),
  json(aRecord(START, { id: 'new', last_success_at: null, seconds_since_success: null, last_state: null })),
  json(aRecord(START, { id: 'busy', last_state: 'running', last_run_at: '2026-11-24T08:59:00Z' })),
];

export const PAGE = JSON.stringify({ syncs: RECORDS, next_page_token: null });

/** The secret values in `SECRET`: no error may contain one of them. */
export const SECRET_VALUES = ['the-key-of-this-test', 'the-token', 'another-token'];
export const SECRET: Json = {
  timbalApiKey: 'the-key-of-this-test',
  timbalOrgId: 'acme',
  slackWebhookUrl: 'https://hooks.slack.com/services/T0/B0/the-token',
  slackWebhooks: { data: 'https://hooks.slack.com/services/T0/B1/another-token' },
};

export const EVENTS: readonly Json[] = [
  { command: 'check', dryRun: true, scheduledAt: '2026-11-24T09:00:00Z' },
  { command: 'report', post: false },
  { command: 'test' },
  { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} },
];

/** With every field that a policy can have. */
export const POLICY: Json = {
  stallAfterIntervals: 3,
  criticalAfterIntervals: 24,
  grace: '5m',
  pendingFor: '10m',
  successStates: ['Success'],
  inProgressStates: ['syncing'],
  stoppedStates: ['aborted'],
  repeatInterval: '8h',
  pausedRepeatInterval: '30d',
  groupInterval: '30m',
  listingFailureFor: '20m',
  exclude: [{ match: { name: 'tmp_*' }, reason: 'scratch tables' }],
  overrides: [
    { match: { id: 'old', connector: 'p*' }, grace: '1h', pendingFor: '2h', stallAfterIntervals: 2 },
  ],
};

/** With every field of who hears what, and when. */
export const ROUTED_POLICY: Json = {
  quietHours: [{ zone: 'Europe/Berlin', from: '22:00', to: '07:00', days: ['mon'], severity: 'warning' }],
  destinations: {
    shop: { kind: 'slack', webhook: 'shop' },
    pager: { kind: 'pagerduty', key: 'on-call', region: 'eu' },
    mail: { kind: 'sns', topicArn: 'arn:aws:sns:eu-west-1:123456789012:mail', format: 'text' },
  },
  routes: [
    { match: { severity: 'critical', problem: ['failing'] }, to: 'pager', continue: true },
    { match: { connector: 'p*' }, to: 'shop', mention: { critical: '<!here>' } },
  ],
  defaultRoute: { to: 'mail' },
};

/** One of each kind, as they are stored. */
export const SILENCES: readonly Json[] = [
  {
    schemaVersion: 1,
    id: 'k3f9',
    kind: 'matcher',
    match: { name: ['orders*'], severity: ['warning'] },
    startsAt: 1_795_000_000_000,
    endsAt: 1_795_000_900_000,
    createdAt: 1_795_000_000_000,
    reason: 'migration',
    author: 'somebody',
  },
  {
    schemaVersion: 1,
    id: 'b2c4',
    kind: 'acknowledgement',
    alerts: [{ fingerprint: 'sync:orders', since: 1_794_000_000_000, severity: 'warning' }],
    startsAt: 1_795_000_000_000,
    endsAt: 1_796_000_000_000,
    createdAt: 1_795_000_000_000,
    reason: '',
    author: 'somebody',
  },
];

/** The value as JSON keeps it. */
export function json(value: unknown): Json {
  const copied: Json = JSON.parse(JSON.stringify(value));
  return copied;
}
