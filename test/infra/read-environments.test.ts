import type { Environment } from '../../infra/environment-schema.ts';
import { environments } from '../../infra/environments.ts';
import { readEnvironments } from '../../infra/read-environments.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { BOUNDARY_ARN, KEY_ARN, SECRET_ARN, TOPIC_ARN } from './a-stack.ts';

/** The faults that the error lists, without its first line. */
function faultsOf(written: unknown): readonly string[] {
  try {
    readEnvironments(written);
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    const [head, ...faults] = error.message.split('\n  ');
    expect(head).toBe('infra/environments.ts is invalid:');
    return faults;
  }
  return [];
}

test('a fresh clone has one valid environment, prod, without fields', () => {
  expect(environments).toEqual({ prod: {} });
  expect([...readEnvironments(environments)]).toEqual([['prod', {}]]);
});

test('every field with a valid value is accepted', () => {
  const full: Required<Environment> = {
    account: '123456789012',
    region: 'eu-west-1',
    schedule: { expression: 'cron(0/15 8-18 ? * MON-FRI *)', timeZone: 'Europe/Madrid', enabled: false },
    policy: { grace: '10m', overrides: [{ match: { connector: 'billing' }, stallAfterIntervals: 4 }] },
    secret: { arn: SECRET_ARN },
    table: { name: 'SyncAlerts-prod-WatchState874A6079-1ABCDEFGHIJKL' },
    kmsKeyArn: KEY_ARN,
    removal: 'destroy',
    terminationProtection: true,
    logRetentionDays: 90,
    tags: { Team: 'data platform', 'cost:centre': '' },
    timbalBaseUrl: 'https://timbal.example/api',
    connectorId: 'conn_1',
    roles: { permissionsBoundaryArn: BOUNDARY_ARN, namePrefix: 'acme-' },
    alarms: {
      emails: ['on-call@acme.example'],
      otherSubscribers: 'PagerDuty, by hand',
      without: { throttled: 'the account is shared' },
    },
    dashboard: false,
  };
  expect(
    faultsOf({
      'eu-prod': full,
      dev2: { secret: { name: 'sync-alerts/dev' }, alarms: { topicArn: TOPIC_ARN } },
    }),
  ).toEqual([]);
});

test.each<[unknown, string]>([
  [{ account: 123456789012 }, 'account: Invalid type: Expected string'],
  [{ account: '12345678901' }, 'account: expected an account of 12 digits'],
  [{ region: 'eu-west-9' }, 'region: is not an AWS region that this version of aws-cdk-lib knows'],
  [{ region: 'Frankfurt' }, 'region: is not an AWS region that this version of aws-cdk-lib knows'],
  [{ schedule: 'rate(5 minutes)' }, 'schedule: Invalid type'],
  [{ schedule: { rate: '5m' } }, 'schedule.rate: is not a known field'],
  [{ schedule: { enabled: 'no' } }, 'schedule.enabled: Invalid type'],
  [
    { schedule: { expression: 'rate(5 parsecs)' } },
    'schedule.expression: "rate(5 parsecs)": expected a rate',
  ],
  [
    { schedule: { expression: 'cron(0 9 * * * *)' } },
    'schedule.expression: "cron(0 9 * * * *)": expected ? in one',
  ],
  [{ schedule: { expression: 'rate(1 minute)' } }, 'schedule.expression: "rate(1 minute)": leaves 60 s'],
  [{ schedule: { timeZone: 'Mars/Olympus' } }, 'schedule.timeZone: expected the IANA name of a time zone'],
  [{ policy: { grce: '5m' } }, 'policy: grce: is not a field that is known; did you mean grace?'],
  [{ policy: { grace: '5 minutes' } }, 'policy: grace: expected a duration'],
  [{ policy: { criticalAfterIntervals: 1.5 } }, 'policy: the policy: criticalAfterIntervals (1.5) is below'],
  [{ policy: [] }, 'policy: expected an object'],
  [{ secret: SECRET_ARN }, 'secret: expected { arn } or { name }'],
  [{ secret: {} }, 'secret: expected { arn } or { name }'],
  [{ secret: { arn: SECRET_ARN, name: 'x' } }, 'secret: expected { arn } or { name }'],
  [{ secret: { arn: 'sync-alerts/prod' } }, 'secret.arn: expected the complete ARN of a secret'],
  [{ secret: { arn: SECRET_ARN.slice(0, -7) } }, 'secret.arn: expected the complete ARN of a secret'],
  [{ secret: { name: 'sync alerts' } }, 'secret.name: expected 1 to 512 letters'],
  [{ secret: { arn: SECRET_ARN }, region: 'eu-west-2' }, 'secret: is in another region'],
  [{ table: 'state' }, 'table: Invalid type'],
  [{ table: { arn: 'x', name: 'state' } }, 'table.arn: is not a known field'],
  [{ table: { name: 'my state' } }, 'table.name: expected 3 to 255 letters, digits or _.-'],
  [{ roles: { permissionsBoundaryArn: 'boundary' } }, 'roles.permissionsBoundaryArn: expected the ARN of a'],
  [{ roles: { namePrefix: 'a b' } }, 'roles.namePrefix: expected letters, digits or _+=,.@-'],
  [{ roles: { namePrefix: '' } }, 'roles.namePrefix: expected letters, digits'],
  [{ roles: { namePrefix: 'x'.repeat(52) } }, 'roles.namePrefix: makes a role name of 65 characters'],
  [{ kmsKeyArn: 'alias/mine' }, 'kmsKeyArn: expected the ARN of a KMS key'],
  [{ kmsKeyArn: KEY_ARN, region: 'eu-west-2' }, 'kmsKeyArn: is in another region'],
  [{ removal: 'delete' }, 'removal: Invalid type: Expected ("retain" | "destroy")'],
  [{ terminationProtection: 1 }, 'terminationProtection: Invalid type'],
  [{ logRetentionDays: 31 }, 'logRetentionDays: expected a number of days that CloudWatch supports: 1, 3, 5'],
  [{ logRetentionDays: 9999 }, 'logRetentionDays: expected a number of days'],
  [{ tags: { 'aws:mine': 'x' } }, 'tags.aws:mine: is not a tag key'],
  [{ tags: { Team: 'a*b' } }, 'tags.Team: is not a tag value'],
  [{ timbalBaseUrl: 'http://timbal.example' }, 'timbalBaseUrl: is not https'],
  [{ timbalBaseUrl: 'https://timbal.example?a=b' }, 'timbalBaseUrl: holds a query'],
  [{ connectorId: '' }, 'connectorId: expected 1 to 256'],
  [{ alarms: { email: 'a@acme.example' } }, 'alarms.email: is not a known field; did you mean emails?'],
  [{ shedule: {} }, 'shedule: is not a known field; did you mean schedule?'],
  [{ alarms: { emails: 'a@acme.example' } }, 'alarms.emails: Invalid type'],
  [{ alarms: { emails: ['on call'] } }, 'alarms.emails.0: expected an e-mail address'],
  [{ alarms: { otherSubscribers: ' ' } }, 'alarms.otherSubscribers: expected who is subscribed'],
  [{ alarms: { topicArn: 'on-call' } }, 'alarms.topicArn: expected the ARN of an SNS topic'],
  [{ alarms: { topicArn: TOPIC_ARN }, region: 'eu-west-2' }, 'alarms: is in another region'],
  [{ alarms: { topicArn: TOPIC_ARN, emails: [] } }, 'alarms.emails: cannot be combined with topicArn'],
  [{ alarms: { without: ['throttled'] } }, 'alarms.without.0: is not an alarm'],
  [
    { alarms: { without: { errors: 'x' } } },
    'alarms.without.errors: is not an alarm: expected one of noCheckCompleted, ',
  ],
  [{ alarms: { without: { throttled: ' ' } } }, 'alarms.without.throttled: expected the reason'],
  [{ alarms: { without: { throttled: true } } }, 'alarms.without.throttled: Invalid type'],
  [
    { schedule: { expression: 'cron(0 9 1 * ? *)' } },
    'alarms: no alarm can detect that the checks of "cron(0 9 1 * ? *)" have stopped',
  ],
  [{ dashboard: 'no' }, 'dashboard: Invalid type'],
  [{ environment: 'prod' }, 'environment: is not a known field'],
])('%j: the error names environment, field and fault', (environment, fault) => {
  const faults = faultsOf({ good: {}, prod: environment });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(`prod.${fault}`);
});

test('a schedule for which no alarm fits is accepted if that alarm is left out with a reason', () => {
  const schedule = { expression: 'cron(0 9 1 * ? *)' };
  const alarms = { without: { noCheckCompleted: 'the monthly check is not urgent' } };
  expect(faultsOf({ prod: { schedule, alarms } })).toEqual([]);
});

test.each(['', 'pre prod', 'prod_eu', '-prod', 'prod-', 'a--b', 'x'.repeat(65)])(
  '%j is rejected as the name of an environment',
  (name) => {
    expect(faultsOf({ [name]: {} })).toEqual([expect.stringContaining(`${JSON.stringify(name)}: `)]);
  },
);

test.each([[undefined], [null], [[]], [{}], ['prod']])(
  '%j is rejected: at least one environment is expected',
  (written) => {
    expect(faultsOf(written)).toEqual([
      expect.stringContaining('expected an object with at least one environment'),
    ]);
  },
);

test('one error lists all faults of all environments', () => {
  const faults = faultsOf({
    'no name': {},
    prod: { region: 'mars-1', schedule: { expression: 'rate(1 minute)', timeZone: 'Mars', every: 5 } },
    staging: { policy: { grace: 5, listingFailureFor: 'x' }, kmsKeyArn: '', extra: true },
    dev: null,
  });
  expect(faults.map((fault) => fault.split(': ')[0])).toEqual([
    '"no name"',
    'prod.region',
    'prod.schedule.timeZone',
    'prod.schedule.every',
    'prod.schedule.expression',
    'staging.policy',
    'staging.kmsKeyArn',
    'staging.extra',
    'dev',
  ]);
  expect(faults[5]).toMatch(/grace: .*listingFailureFor: /);
});
