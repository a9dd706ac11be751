import { type Environment, readEnvironments } from '../../infra/environment-schema.ts';
import { environments } from '../../infra/environments.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:sync-alerts/prod-AbCdEf';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:on-call';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0aaaaaaa-1bbb-2ccc-3ddd-4eeeeeeeeeee';

/** The faults of what was written, without the head that they all have. */
function faultsOf(written: unknown): readonly string[] {
  try {
    readEnvironments(written);
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    const [head, ...faults] = error.message.split('\n  ');
    expect(head).toBe('infra/environments.ts cannot be deployed:');
    return faults;
  }
  return [];
}

test('a fresh clone has one environment, prod, and nothing to edit', () => {
  expect(environments).toEqual({ prod: {} });
  expect([...readEnvironments(environments)]).toEqual([['prod', {}]]);
});

test('everything that can be said is accepted', () => {
  const full: Required<Environment> = {
    account: '123456789012',
    region: 'eu-west-1',
    schedule: { expression: 'cron(0/15 8-18 ? * MON-FRI *)', timeZone: 'Europe/Madrid', enabled: false },
    policy: { grace: '10m', overrides: [{ match: { connector: 'billing' }, stallAfterIntervals: 4 }] },
    secret: { arn: SECRET },
    kmsKeyArn: KEY,
    removal: 'destroy',
    terminationProtection: true,
    logRetentionDays: 90,
    tags: { Team: 'data platform', 'cost:centre': '' },
    timbalBaseUrl: 'https://timbal.example/api',
    connectorId: 'conn_1',
    alarms: { emails: ['on-call@acme.example'], without: { throttled: 'the account is shared' } },
    dashboard: false,
  };
  expect(
    faultsOf({ 'eu-prod': full, dev2: { secret: { name: 'sync-alerts/dev' }, alarms: { topicArn: TOPIC } } }),
  ).toEqual([]);
});

test.each<[unknown, string]>([
  [{ account: 123456789012 }, 'account: Invalid type: Expected string'],
  [{ account: '12345678901' }, 'account: expected an account of 12 digits'],
  [{ region: 'eu-west-9' }, 'region: is no region of AWS'],
  [{ region: 'Frankfurt' }, 'region: is no region of AWS'],
  [{ schedule: 'rate(5 minutes)' }, 'schedule: Invalid type'],
  [{ schedule: { rate: '5m' } }, 'schedule.rate: is not a field that is known'],
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
  [{ policy: { grce: '5m' } }, 'policy: grce: '],
  [{ policy: { grace: '5 minutes' } }, 'policy: grace: expected a duration'],
  [{ policy: { criticalAfterIntervals: 1.5 } }, 'policy: the policy: criticalAfterIntervals (1.5) is below'],
  [{ policy: [] }, 'policy: expected an object'],
  [{ secret: SECRET }, 'secret: expected { arn } or { name }'],
  [{ secret: {} }, 'secret: expected { arn } or { name }'],
  [{ secret: { arn: SECRET, name: 'x' } }, 'secret: expected { arn } or { name }'],
  [{ secret: { arn: 'sync-alerts/prod' } }, 'secret.arn: expected the whole ARN of a secret'],
  [{ secret: { arn: SECRET.slice(0, -7) } }, 'secret.arn: expected the whole ARN of a secret'],
  [{ secret: { name: 'sync alerts' } }, 'secret.name: expected 1 to 512 letters'],
  [{ secret: { arn: SECRET }, region: 'eu-west-2' }, 'secret: is in another region'],
  [{ kmsKeyArn: 'alias/mine' }, 'kmsKeyArn: expected the ARN of a KMS key'],
  [{ kmsKeyArn: KEY, region: 'eu-west-2' }, 'kmsKeyArn: is in another region'],
  [{ removal: 'delete' }, 'removal: Invalid type: Expected ("retain" | "destroy")'],
  [{ terminationProtection: 1 }, 'terminationProtection: Invalid type'],
  [{ logRetentionDays: 31 }, 'logRetentionDays: expected a number of days that CloudWatch knows: 1, 3, 5'],
  [{ logRetentionDays: 9999 }, 'logRetentionDays: expected a number of days'],
  [{ tags: { 'aws:mine': 'x' } }, 'tags.aws:mine: is no tag key'],
  [{ tags: { Team: 'a*b' } }, 'tags.Team: is no tag value'],
  [{ timbalBaseUrl: 'http://timbal.example' }, 'timbalBaseUrl: is not https'],
  [{ timbalBaseUrl: 'https://timbal.example?a=b' }, 'timbalBaseUrl: holds a query'],
  [{ connectorId: '' }, 'connectorId: expected 1 to 256'],
  [{ alarms: { email: 'a@acme.example' } }, 'alarms.email: is not a field that is known'],
  [{ alarms: { emails: 'a@acme.example' } }, 'alarms.emails: Invalid type'],
  [{ alarms: { emails: ['on call'] } }, 'alarms.emails.0: expected an e-mail address'],
  [{ alarms: { topicArn: 'on-call' } }, 'alarms.topicArn: expected the ARN of an SNS topic'],
  [{ alarms: { topicArn: TOPIC }, region: 'eu-west-2' }, 'alarms: is in another region'],
  [
    { alarms: { topicArn: TOPIC, emails: [] } },
    'alarms.emails: an existing topic has subscribers of its own',
  ],
  [{ alarms: { without: ['throttled'] } }, 'alarms.without.0: is no alarm'],
  [
    { alarms: { without: { errors: 'x' } } },
    'alarms.without.errors: is no alarm; expected noCheckCompleted, ',
  ],
  [{ alarms: { without: { throttled: ' ' } } }, 'alarms.without.throttled: expected the reason'],
  [{ alarms: { without: { throttled: true } } }, 'alarms.without.throttled: Invalid type'],
  [
    { schedule: { expression: 'cron(0 9 1 * ? *)' } },
    'alarms: nothing would tell when the checks of "cron(0 9 1 * ? *)" stop',
  ],
  [{ dashboard: 'no' }, 'dashboard: Invalid type'],
  [{ environment: 'prod' }, 'environment: is not a field that is known'],
])('%j: the error names environment and field', (environment, fault) => {
  const faults = faultsOf({ good: {}, prod: environment });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(`prod.${fault}`);
});

test('a schedule that no alarm can follow is accepted with the reason why nobody needs one', () => {
  const schedule = { expression: 'cron(0 9 1 * ? *)' };
  const alarms = { without: { noCheckCompleted: 'once a month is for the books' } };
  expect(faultsOf({ prod: { schedule, alarms } })).toEqual([]);
});

test.each(['', 'pre prod', 'prod_eu', '-prod', 'prod-', 'a--b', 'x'.repeat(65)])(
  '%j is no name of an environment',
  (name) => {
    expect(faultsOf({ [name]: {} })).toEqual([expect.stringContaining(`${JSON.stringify(name)}: `)]);
  },
);

test.each([[undefined], [null], [[]], [{}], ['prod']])('%j are no environments', (written) => {
  expect(faultsOf(written)).toEqual([expect.stringContaining('expected an object with one environment')]);
});

test('every fault of every environment is said at once', () => {
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
