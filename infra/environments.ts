import type { Environment } from './environment-schema.ts';

/**
 * What is deployed: for each name here one stack, `SyncAlerts-<name>`, which watches one Timbal organisation. Every field
 * has a default, so that `{}` deploys as it is, into the account and region of the AWS CLI. Which organisation, the API
 * key and the Slack webhook stand in the stack's secret, never here. All fields: `Environment` in `environment.ts`.
 */
export const environments: Readonly<Record<string, Environment>> = {
  prod: {},

  // A fuller one, to copy from:
  //
  // staging: {
  //   account: '123456789012',
  //   region: 'eu-west-1',
  //   schedule: { expression: 'cron(0/15 7-19 ? * MON-FRI *)', timeZone: 'Europe/Madrid' },
  //   policy: {
  //     pendingFor: '10m',
  //     ignore: [{ match: { table: 'scratch_*' }, reason: 'nobody depends on these' }],
  //     overrides: [{ match: { connector: 'billing' }, stallAfterIntervals: 4 }],
  //   },
  //   removal: 'destroy',
  //   logRetentionDays: 7,
  //   tags: { Team: 'data-platform' },
  //   alarms: { emails: ['data-on-call@example.com'] },
  //   dashboard: false,
  // },
};
