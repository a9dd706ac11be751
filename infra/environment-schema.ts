import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import * as v from 'valibot';
import { parsePolicy, type WrittenPolicy } from '../lambda/core/policy.ts';
import { SyncAlertsError } from '../lambda/errors.ts';
import { checkBaseUrl } from '../lambda/timbal/base-url.ts';
import { completionWindow, noAlarmFits } from './alarm-window.ts';
import { ALARM_NAMES, type LeftOut } from './alarms.ts';
import { parseSchedule, type WrittenSchedule } from './schedule.ts';
import { isTimeZone } from './time-zone.ts';

/** One deployment: one stack, one Timbal organisation. Every field has a default. */
export interface Environment {
  /** The AWS account, 12 digits; that of the AWS CLI by default. Pinned, a deploy into another one is refused. */
  readonly account?: string;
  /** "eu-west-1"; that of the AWS CLI by default. */
  readonly region?: string;
  /** When the checks run. */
  readonly schedule?: WrittenSchedule;
  /** What is worth telling, and when. */
  readonly policy?: WrittenPolicy;
  /** An existing secret of the same account and region, by ARN or by name; by default one is created, to be filled. */
  readonly secret?: { readonly arn: string } | { readonly name: string };
  /**
   * A KMS key of yours for the table, the created secret, the dead-letter queue, the logs and the alarms' topic, and the
   * key of an existing secret; AWS's own keys by default. Its key policy has to let `logs.<region>.amazonaws.com` and
   * `cloudwatch.amazonaws.com` use it: docs/operations.md has the statements.
   */
  readonly kmsKeyArn?: string;
  /** What a `cdk destroy` does with table, secret and logs; "retain" by default. */
  readonly removal?: 'retain' | 'destroy';
  /** Whether the stack refuses to be deleted; false by default. */
  readonly terminationProtection?: boolean;
  /** How long logs are kept, as CloudWatch allows: 1, 3, 5, 7, 14, 30, 60, 90, …; 30 by default. */
  readonly logRetentionDays?: number;
  /** Tags of everything in the stack, beside `Project` and `Environment`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Another base URL of the Timbal API. */
  readonly timbalBaseUrl?: string;
  /** Watches the syncs of this connector alone. */
  readonly connectorId?: string;
  /** Where the alarms about the watcher itself go; to a topic of the stack's own that nobody is subscribed to by default. */
  readonly alarms?: WrittenAlarms;
  /** Whether there is a CloudWatch dashboard, which has a monthly price (docs/costs.md); true by default. */
  readonly dashboard?: boolean;
}

export interface WrittenAlarms {
  /** Subscribed to the stack's own topic; AWS asks each by e-mail to confirm. */
  readonly emails?: readonly string[];
  /** An existing SNS topic of the same region instead. Its policy has to let CloudWatch publish: docs/operations.md. */
  readonly topicArn?: string;
  /** Alarms that are left out, each with the reason: `{ throttled: 'the account has no concurrency to spare' }`. */
  readonly without?: LeftOut;
}

/**
 * Checks the environments as written, and returns them by name.
 *
 * @throws SyncAlertsError `environments_invalid` with every fault of every environment, each by environment and field.
 */
export function readEnvironments(written: unknown): ReadonlyMap<string, Environment> {
  const environments = new Map<string, Environment>();
  const faults: string[] = [];
  if (!isRecord(written) || Object.keys(written).length === 0) {
    faults.push('expected an object with one environment at least, such as { prod: {} }');
  } else {
    for (const [name, environment] of Object.entries(written)) {
      const fault = nameFault(name);
      if (fault !== undefined) faults.push(`${JSON.stringify(name)}: ${fault}`);
      if (!isRecord(environment)) {
        faults.push(`${name}: expected an object`);
        continue;
      }
      const result = v.safeParse(environmentSchema, environment);
      if (result.success) environments.set(name, result.output);
      else
        faults.push(...result.issues.map((issue) => `${[name, ...pathOf(issue)].join('.')}: ${say(issue)}`));
    }
  }
  if (faults.length > 0) {
    const message = ['infra/environments.ts cannot be deployed:', ...faults].join('\n  ');
    throw new SyncAlertsError('environments_invalid', message);
  }
  return environments;
}

/** A stack's name has 128 characters at most, and "SyncAlerts-" of them are taken. */
const MAX_NAME_CHARACTERS = 64;

function nameFault(name: string): string | undefined {
  if (!/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(name))
    return 'an environment is named with letters, digits and single hyphens between them';
  if (name.length > MAX_NAME_CHARACTERS) return `the name is longer than ${MAX_NAME_CHARACTERS} characters`;
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathOf(issue: v.BaseIssue<unknown>): string[] {
  return issue.path?.map(({ key }) => String(key)) ?? [];
}

function say(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'is not a field that is known';
  return issue.message;
}

const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z\d-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z\d]{6}$/;
const KEY_ARN =
  /^arn:aws[a-z-]*:kms:[a-z\d-]+:\d{12}:key\/(mrk-[\da-f]{32}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/;
const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z\d-]+:\d{12}:[\w-]{1,256}$/;
const ELSEWHERE = 'is in another region than the environment';
const REGIONS: readonly string[] = RegionInfo.regions.map(({ name }) => name);
const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const scheduleSchema = v.pipe(
  v.strictObject({
    expression: v.exactOptional(v.string()),
    timeZone: v.exactOptional(
      v.pipe(
        v.string(),
        v.check(isTimeZone, 'expected the IANA name of a time zone, such as "Europe/Paris"'),
      ),
    ),
    enabled: v.exactOptional(v.boolean()),
  }),
  // A partial check runs whatever is wrong with the other fields.
  v.forward(
    v.partialCheck(
      [['expression']],
      (written) => expressionFault(written) === undefined,
      ({ input }) => expressionFault(input) ?? '',
    ),
    ['expression'],
  ),
);

function expressionFault(written: WrittenSchedule): string | undefined {
  const parsed = parseSchedule(written);
  return parsed.ok ? undefined : parsed.faults.find(({ field }) => field === 'expression')?.message;
}

/** An existing secret is named one way: both at once could contradict each other. */
const secretSchema = v.union(
  [
    v.strictObject({
      arn: v.pipe(
        v.string(),
        v.regex(SECRET_ARN, 'expected the whole ARN of a secret, its six random characters included'),
      ),
    }),
    v.strictObject({
      name: v.pipe(
        v.string(),
        v.regex(/^[\w/+=.@-]{1,512}$/, 'expected 1 to 512 letters, digits or _/+=.@-'),
      ),
    }),
  ],
  'expected { arn } or { name }',
);

const tagsSchema = v.record(
  v.pipe(
    v.string(),
    v.regex(
      /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu,
      'is no tag key: expected 1 to 128 letters, digits, spaces or _.:/=+-@, and not aws:… in front',
    ),
  ),
  v.pipe(
    v.string(),
    v.regex(
      /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
      'is no tag value: expected at most 256 letters, digits, spaces or _.:/=+-@',
    ),
  ),
);

const alarmsSchema = v.pipe(
  v.strictObject({
    emails: v.exactOptional(v.array(v.pipe(v.string(), v.email('expected an e-mail address')))),
    topicArn: v.exactOptional(
      v.pipe(
        v.string(),
        v.regex(TOPIC_ARN, 'expected the ARN of an SNS topic: arn:aws:sns:REGION:ACCOUNT:NAME'),
      ),
    ),
    without: v.exactOptional(
      v.record(
        v.picklist(ALARM_NAMES, `is no alarm; expected ${ALARM_NAMES.join(', ')}`),
        v.pipe(v.string(), v.trim(), v.nonEmpty('expected the reason why this alarm is not wanted')),
      ),
    ),
  }),
  v.forward(
    v.partialCheck(
      [['emails'], ['topicArn']],
      ({ emails, topicArn }) => emails === undefined || topicArn === undefined,
      'an existing topic has subscribers of its own: subscribe them there',
    ),
    ['emails'],
  ),
);

const environmentSchema = v.pipe(
  v.strictObject({
    account: v.exactOptional(
      v.pipe(v.string(), v.regex(/^\d{12}$/, 'expected an account of 12 digits, in quotes')),
    ),
    region: v.exactOptional(
      v.pipe(
        v.string(),
        v.check(
          (name) => REGIONS.includes(name),
          'is no region of AWS that this version of aws-cdk-lib knows',
        ),
      ),
    ),
    schedule: v.exactOptional(scheduleSchema),
    policy: v.exactOptional(
      v.custom<WrittenPolicy>(
        (written) => policyFaults(written).length === 0,
        ({ input }) => policyFaults(input).join('; '),
      ),
    ),
    secret: v.exactOptional(secretSchema),
    kmsKeyArn: v.exactOptional(
      v.pipe(
        v.string(),
        v.regex(KEY_ARN, 'expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID'),
      ),
    ),
    removal: v.exactOptional(v.picklist(['retain', 'destroy'])),
    terminationProtection: v.exactOptional(v.boolean()),
    logRetentionDays: v.exactOptional(
      v.picklist(
        RETENTION_DAYS,
        `expected a number of days that CloudWatch knows: ${RETENTION_DAYS.join(', ')}`,
      ),
    ),
    tags: v.exactOptional(tagsSchema),
    timbalBaseUrl: v.exactOptional(
      v.pipe(
        v.string(),
        v.rawCheck(({ dataset, addIssue }) => {
          const checked = dataset.typed ? checkBaseUrl(dataset.value) : undefined;
          if (checked?.ok === false) addIssue({ message: checked.fault });
        }),
      ),
    ),
    connectorId: v.exactOptional(
      v.pipe(v.string(), v.regex(/^\S{1,256}$/, 'expected 1 to 256 characters, none of them blank')),
    ),
    alarms: v.exactOptional(alarmsSchema),
    dashboard: v.exactOptional(v.boolean()),
  }),
  v.forward(
    v.partialCheck(
      [['region'], ['secret']],
      ({ region, secret }) => isIn(region, secret !== undefined && 'arn' in secret ? secret.arn : undefined),
      ELSEWHERE,
    ),
    ['secret'],
  ),
  v.forward(
    v.partialCheck(
      [['region'], ['kmsKeyArn']],
      ({ region, kmsKeyArn }) => isIn(region, kmsKeyArn),
      ELSEWHERE,
    ),
    ['kmsKeyArn'],
  ),
  v.forward(
    v.partialCheck(
      [['region'], ['alarms']],
      ({ region, alarms }) => isIn(region, alarms?.topicArn),
      ELSEWHERE,
    ),
    ['alarms'],
  ),
  v.forward(
    v.partialCheck(
      [['schedule'], ['alarms']],
      ({ schedule, alarms }) => alarms?.without?.noCheckCompleted !== undefined || canBeFollowed(schedule),
      ({ input }) => noAlarmFits(input.schedule?.expression ?? ''),
    ),
    ['alarms'],
  ),
);

/** Whether an alarm can tell that the checks of a schedule have stopped; of the default's it can. */
function canBeFollowed(written: WrittenSchedule | undefined): boolean {
  if (written?.expression === undefined) return true;
  const parsed = parseSchedule(written);
  return !parsed.ok || completionWindow(parsed.schedule.firings) !== undefined;
}

function isIn(region: string | undefined, arn: string | undefined): boolean {
  return region === undefined || arn === undefined || arn.split(':')[3] === region;
}

function policyFaults(written: unknown): readonly string[] {
  if (!isRecord(written)) return ['expected an object'];
  const parsed = parsePolicy(written);
  return parsed.ok ? [] : parsed.faults;
}
