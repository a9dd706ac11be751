import type { WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';
import type { MeasuredOptions } from './measured-checks.ts';

/** Eight channels of Slack, each of which hears of some of the unhealthy syncs. */
const CHANNELS = Array.from({ length: 8 }, (_, index) => `team-${index + 1}`);

const POLICY: WrittenPolicy = {
  destinations: {
    ...Object.fromEntries(CHANNELS.map((name) => [name, { kind: 'slack', webhook: name }])),
    pager: { kind: 'pagerduty', key: 'pager' },
    mail: { kind: 'sns', topicArn: 'arn:aws:sns:eu-west-1:123456789012:mail' },
  },
  routes: [
    // These two lead out of this machine, so that nothing may match them: all syncs of the two connectors are healthy.
    { match: { connector: 'conn_8' }, to: 'pager' },
    { match: { connector: 'conn_9' }, to: 'mail' },
    ...CHANNELS.map((name, index) => ({ match: { id: `sync_${index + 1}*` }, to: name })),
  ],
};

/** Five of them hold an alert back: every tenth sync is unhealthy. */
const SILENCES = Array.from({ length: 50 }, (_, index) => ({
  command: 'silence',
  match: { id: `sync_${100 + index}` },
  for: '2d',
  reason: 'the migration of pg-main',
  by: 'ada',
}));

/** 300 syncs, of which 30 are unhealthy, with ten routes to as many destinations, and fifty silences. */
export const TEN_ROUTES_AND_FIFTY_SILENCES: MeasuredOptions = {
  syncs: 300,
  unhealthy: 0.1,
  policy: POLICY,
  secret: {
    slackWebhooks: Object.fromEntries(
      CHANNELS.map((name) => [name, `{slack}/services/T00000000/B00000000/${name}`]),
    ),
    pagerDutyKeys: { pager: '0'.repeat(32) },
  },
  before: SILENCES,
};
