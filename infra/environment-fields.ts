import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import * as v from 'valibot';
import { parsePolicy, type WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';
import { checkBaseUrl } from '../lambda/timbal/base-url.ts';
import { ALARM_NAMES } from './alarms.ts';
import { parseSchedule, type WrittenSchedule } from './schedule.ts';
import { isTimeZone } from './time-zone.ts';

// The schemas of an environment's fields, each by itself. A message follows the field's path: "prod.account: expected …".

export const accountSchema = v.pipe(
  v.string(),
  v.regex(/^\d{12}$/, 'expected an account of 12 digits, in quotes'),
);

const REGIONS: readonly string[] = RegionInfo.regions.map(({ name }) => name);

export const regionSchema = v.pipe(
  v.string(),
  v.check((name) => REGIONS.includes(name), 'is not an AWS region that this version of aws-cdk-lib knows'),
);

export const scheduleSchema = v.pipe(
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
  // `partialCheck` also runs when other fields are invalid, so that one synth reports all faults.
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

export const policySchema = v.custom<WrittenPolicy>(
  (written) => policyFaults(written).length === 0,
  ({ input }) => policyFaults(input).join('; '),
);

function policyFaults(written: unknown): readonly string[] {
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    return ['expected an object'];
  const parsed = parsePolicy(written);
  return parsed.ok ? [] : parsed.faults;
}

const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z\d-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z\d]{6}$/;

/** ARN or name of an existing secret, not both: they could contradict each other. */
export const secretSchema = v.union(
  [
    v.strictObject({
      arn: v.pipe(
        v.string(),
        v.regex(SECRET_ARN, 'expected the complete ARN of a secret, including its six random characters'),
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

export const tableSchema = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[\w.-]{3,255}$/, 'expected 3 to 255 letters, digits or _.-')),
});

const POLICY_ARN = /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/;

export const rolesSchema = v.strictObject({
  permissionsBoundaryArn: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(POLICY_ARN, 'expected the ARN of a managed policy: arn:aws:iam::ACCOUNT:policy/NAME'),
    ),
  ),
  namePrefix: v.exactOptional(
    v.pipe(v.string(), v.regex(/^[\w+=,.@-]+$/, 'expected letters, digits or _+=,.@-')),
  ),
});

const KEY_ARN =
  /^arn:aws[a-z-]*:kms:[a-z\d-]+:\d{12}:key\/(mrk-[\da-f]{32}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/;

export const keyArnSchema = v.pipe(
  v.string(),
  v.regex(KEY_ARN, 'expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID'),
);

const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

export const logRetentionDaysSchema = v.picklist(
  RETENTION_DAYS,
  `expected a number of days that CloudWatch supports: ${RETENTION_DAYS.join(', ')}`,
);

/** Limits of AWS: 128 characters for a key, 256 for a value, and the prefix "aws:" is reserved. */
export const tagsSchema = v.record(
  v.pipe(
    v.string(),
    v.regex(
      /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu,
      'is not a tag key: expected 1 to 128 letters, digits, spaces or _.:/=+-@, not starting with aws:',
    ),
  ),
  v.pipe(
    v.string(),
    v.regex(
      /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
      'is not a tag value: expected at most 256 letters, digits, spaces or _.:/=+-@',
    ),
  ),
);

export const baseUrlSchema = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const checked = dataset.typed ? checkBaseUrl(dataset.value) : undefined;
    if (checked?.ok === false) addIssue({ message: checked.fault });
  }),
);

export const connectorIdSchema = v.pipe(
  v.string(),
  v.regex(/^\S{1,256}$/, 'expected 1 to 256 characters without whitespace'),
);

const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z\d-]+:\d{12}:[\w-]{1,256}$/;

export const alarmsSchema = v.pipe(
  v.strictObject({
    emails: v.exactOptional(v.array(v.pipe(v.string(), v.email('expected an e-mail address')))),
    topicArn: v.exactOptional(
      v.pipe(
        v.string(),
        v.regex(TOPIC_ARN, 'expected the ARN of an SNS topic: arn:aws:sns:REGION:ACCOUNT:NAME'),
      ),
    ),
    otherSubscribers: v.exactOptional(
      v.pipe(v.string(), v.trim(), v.nonEmpty('expected who is subscribed to the topic, and how')),
    ),
    without: v.exactOptional(
      v.record(
        v.picklist(ALARM_NAMES, `is not an alarm: expected one of ${ALARM_NAMES.join(', ')}`),
        v.pipe(v.string(), v.trim(), v.nonEmpty('expected the reason for leaving this alarm out')),
      ),
    ),
  }),
  v.forward(
    v.partialCheck(
      [['emails'], ['topicArn']],
      ({ emails, topicArn }) => emails === undefined || topicArn === undefined,
      'cannot be combined with topicArn: subscribe the addresses to that topic',
    ),
    ['emails'],
  ),
);
