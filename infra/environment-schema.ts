import * as v from 'valibot';
import type { WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';
import { completionWindow, noWindowFits } from './alarm-window.ts';
import type { LeftOut } from './alarms.ts';
import {
  accountSchema,
  alarmsSchema,
  baseUrlSchema,
  connectorIdSchema,
  keyArnSchema,
  logRetentionDaysSchema,
  policySchema,
  regionSchema,
  rolesSchema,
  scheduleSchema,
  secretSchema,
  tableSchema,
  tagsSchema,
} from './environment-fields.ts';
import type { RoleRules } from './roles.ts';
import { parseSchedule, type WrittenSchedule } from './schedule.ts';

/** One deployment: one stack for one Timbal organisation. */
export interface Environment {
  /**
   * The AWS account, 12 digits. With it, CDK refuses to deploy into any other account.
   * @default - the account of the AWS CLI
   */
  readonly account?: string;
  /**
   * The AWS region: "eu-west-1".
   * @default - the region of the AWS CLI
   */
  readonly region?: string;
  /**
   * When the checks run.
   * @default - every 5 minutes
   */
  readonly schedule?: WrittenSchedule;
  /**
   * When a sync needs attention, and when Slack hears about it: docs/policy.md.
   * @default - the policy's own defaults
   */
  readonly policy?: WrittenPolicy;
  /**
   * An existing secret of the same account and region, by ARN or by name.
   * @default - the stack creates a secret with placeholders, which you fill after the first deployment
   */
  readonly secret?: { readonly arn: string } | { readonly name: string };
  /**
   * An existing table of the same account and region for the state: one that a deleted stack left, or that was restored
   * from a backup (docs/runbook.md). The stack neither changes nor deletes it.
   * @default - the stack creates a table
   */
  readonly table?: { readonly name: string };
  /**
   * The ARN of your KMS key for the table, the created secret, the dead-letter queue, the logs and the alarm topic. An
   * existing secret or table must be encrypted with the same key. The key policy must allow `logs.<region>.amazonaws.com` and
   * `cloudwatch.amazonaws.com` to use the key: docs/operations.md has the statements.
   * @default - keys that AWS owns; the alarm topic is not encrypted
   */
  readonly kmsKeyArn?: string;
  /**
   * Whether table, created secret and logs stay or go when they leave the stack, as after `cdk destroy`.
   * @default 'retain'
   */
  readonly removal?: 'retain' | 'destroy';
  /**
   * Whether CloudFormation refuses to delete the stack.
   * @default false
   */
  readonly terminationProtection?: boolean;
  /**
   * Days that CloudWatch keeps logs: 1, 3, 5, 7, 14, 30, 60, 90, … The list is CloudWatch's.
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * Tags of every resource in the stack, in addition to `Project` and `Environment`, which they may replace.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * The base URL of the Timbal API: https, without query or fragment.
   * @default 'https://api.timbal.ai'
   */
  readonly timbalBaseUrl?: string;
  /**
   * Limits the checks to the syncs of this connector.
   * @default - all syncs of the organisation
   */
  readonly connectorId?: string;
  /**
   * What your company requires of roles: a permissions boundary, a prefix for their names.
   * @default - neither
   */
  readonly roles?: RoleRules;
  /**
   * Where the alarms about sync-alerts itself go, and which of them are left out.
   * @default - all alarms, to a topic of the stack that has no subscribers
   */
  readonly alarms?: WrittenAlarms;
  /**
   * Whether the stack has a CloudWatch dashboard, which has a monthly price: docs/costs.md.
   * @default true
   */
  readonly dashboard?: boolean;
}

interface WrittenAlarms {
  /**
   * E-mail addresses to subscribe to the stack's own topic. AWS asks each address to confirm and sends it nothing before.
   * @default - none
   */
  readonly emails?: readonly string[];
  /**
   * Who hears the alarms although `emails` does not name them, in your words: "PagerDuty, subscribed by hand". With
   * neither, every synth warns that nobody does.
   * @default - nobody
   */
  readonly otherSubscribers?: string;
  /**
   * The ARN of an existing SNS topic of the same region, instead of the stack's own. Its policy must allow CloudWatch to
   * publish: docs/operations.md. Cannot be combined with `emails`.
   * @default - the stack creates a topic
   */
  readonly topicArn?: string;
  /**
   * The alarms to leave out, each with the reason: `{ throttled: 'the account has no concurrency to spare' }`.
   * @default - none
   */
  readonly without?: LeftOut;
}

const ELSEWHERE = 'is in another region than the environment';

/** The schema of one environment: each field, then the fields that depend on each other. */
export const environmentSchema = v.pipe(
  v.strictObject({
    account: v.exactOptional(accountSchema),
    region: v.exactOptional(regionSchema),
    schedule: v.exactOptional(scheduleSchema),
    policy: v.exactOptional(policySchema),
    secret: v.exactOptional(secretSchema),
    table: v.exactOptional(tableSchema),
    kmsKeyArn: v.exactOptional(keyArnSchema),
    removal: v.exactOptional(v.picklist(['retain', 'destroy'])),
    terminationProtection: v.exactOptional(v.boolean()),
    logRetentionDays: v.exactOptional(logRetentionDaysSchema),
    tags: v.exactOptional(tagsSchema),
    timbalBaseUrl: v.exactOptional(baseUrlSchema),
    connectorId: v.exactOptional(connectorIdSchema),
    roles: v.exactOptional(rolesSchema),
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
      ({ schedule, alarms }) => alarms?.without?.noCheckCompleted !== undefined || hasWindow(schedule),
      ({ input }) => noWindowFits(input.schedule?.expression ?? ''),
    ),
    ['alarms'],
  ),
);

/** Whether a CloudWatch alarm can detect that the checks have stopped. An invalid schedule is reported elsewhere. */
function hasWindow(written: WrittenSchedule | undefined): boolean {
  if (written?.expression === undefined) return true;
  const parsed = parseSchedule(written);
  return !parsed.ok || completionWindow(parsed.schedule.runTimesMs) !== undefined;
}

/** Whether an ARN is in a region; true where either of them is not known. */
function isIn(region: string | undefined, arn: string | undefined): boolean {
  return region === undefined || arn === undefined || arn.split(':')[3] === region;
}
