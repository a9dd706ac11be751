import type { Environment } from './environment-schema.ts';

/**
 * The deployments: one stack, `SyncAlerts-<name>`, for each name here. Each checks the syncs of one Timbal organisation.
 * Every field has a default, so `{}` deploys into the account and region of the AWS CLI. The organisation, the API key
 * and the Slack webhook are in the stack's secret, never in this file. `Environment` in `environment-schema.ts` has all
 * fields.
 */
export const environments: Readonly<Record<string, Environment>> = {
  // Who hears when sync-alerts itself fails? Nobody, until this line replaces the next one:
  // prod: { alarms: { emails: ['data-on-call@example.com'] } },
  prod: {},

  // An example with more fields:
  //
  // staging: {
  //   account: '123456789012',
  //   region: 'eu-west-1',
  //   schedule: { expression: 'cron(0/15 7-19 ? * MON-FRI *)', timeZone: 'Europe/Madrid' },
  //   policy: {
  //     pendingFor: '10m',
  //     exclude: [{ match: { table: 'scratch_*' }, reason: 'scratch tables may be stale' }],
  //     overrides: [{ match: { connector: 'billing' }, stallAfterIntervals: 4 }],
  //   },
  //   removal: 'destroy',
  //   logRetentionDays: 7,
  //   tags: { Team: 'data-platform' },
  //   alarms: { emails: ['data-on-call@example.com'] },
  //   dashboard: false,
  // },
};
