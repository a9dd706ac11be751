import type { AlertMatcher, SyncMatcher } from './matcher.ts';
import type { Severity } from './problem.ts';
import type { QuietHours } from './quiet-hours.ts';

import type { AdviceRule } from './situation.ts';
import type { Instant } from './time.ts';

/** What is sent, and when. Every field has a default: `parsePolicy({})` is the default policy (docs/policy.md). */
export interface Policy extends Thresholds {
  /** The schedule's shortest gap between two checks. */
  readonly periodSeconds: number;
  /** Lower case, as are the two lists below. */
  readonly successStates: readonly string[];
  readonly inProgressStates: readonly string[];
  /** A person stopped the run: neither a failure nor a proof of health. */
  readonly stoppedStates: readonly string[];
  /** From one reminder of open alerts to the next. */
  readonly repeatIntervalSeconds: number;
  /** From one reminder of paused syncs to the next. */
  readonly pausedRepeatIntervalSeconds: number;
  /** How long follow-ups of a shared cause are held, so that one notification brings them together. */
  readonly groupIntervalSeconds: number;
  /** How long the listing must have failed before that fires; a refused key fires at once. */
  readonly listingFailureForSeconds: number;
  /** Whether pauses and resumptions are sent; the report always has them. */
  readonly notifyPauses: boolean;
  /** Whether the neighbouring routes are asked for what a message quotes, and whether the errors of runs are quoted. */
  readonly evidence: 'all' | 'without_errors' | 'none';
  /** What to do in some situations, instead of the advice that is built in. The first match counts. */
  readonly advice: readonly AdviceRule[];
  /** Pages that people open from a message, an alarm or a log line. */
  readonly links: Links;
  /** When warnings wait for the morning; a route may have its own. */
  readonly quietHours: readonly QuietHours[];
  /** Syncs that are never sent. The first match counts. */
  readonly exclude: readonly ExclusionRule[];
  /** Other rules for some syncs. The first match counts. */
  readonly overrides: readonly Override[];
  /** By name, where messages can go, beside the destination `default`. */
  readonly destinations: Readonly<Record<string, DestinationSettings>>;
  /** Who hears of which alerts. The first match counts, and the next ones too after one with `continue`. */
  readonly routes: readonly RouteRule[];
  /** Where everything goes that no route matches. */
  readonly defaultRoute: RouteTarget;
}

/** The name of the destination that needs no configuration: the webhook `slackWebhookUrl` of the secret. */
export const DEFAULT_DESTINATION = 'default';

/** A destination by its kind. docs/routes.md has them all; CONTRIBUTING.md says how to add one. */
export type DestinationSettings = SlackSettings | PagerDutySettings | SnsSettings;

export interface SlackSettings {
  readonly kind: 'slack';
  /** The name of the webhook in `slackWebhooks` of the secret. */
  readonly webhook: string;
}

export interface PagerDutySettings {
  readonly kind: 'pagerduty';
  /** The name of the routing key in `pagerDutyKeys` of the secret. */
  readonly key: string;
  /** PagerDuty's service region. @default 'us' */
  readonly region?: 'us' | 'eu';
}

export interface SnsSettings {
  readonly kind: 'sns';
  /** The ARN of the topic. */
  readonly topicArn: string;
  /** The ARN of the KMS key that encrypts the topic. @default it has none, or one that AWS owns */
  readonly kmsKeyArn?: string;
  /** Plain text, or the custom notification that Amazon Q posts to Teams. */
  readonly format: 'text' | 'amazon-q';
}

/** Whether destinations of each kind hear of alerts alone: no reminders, no pauses and the like. */
export const HEARS_ALERTS_ALONE: Readonly<Record<DestinationSettings['kind'], boolean>> = {
  slack: false,
  pagerduty: true,
  sns: false,
};

/** Where a route leads. */
export interface RouteTarget {
  /** The name of a destination. */
  readonly to: string;
  /** Whom a message mentions that says that an alert of this severity opened or became worse, in Slack's notation. */
  readonly mention?: Readonly<Partial<Record<Severity, string>>>;
  /** When some of what it leads there waits. @default those of the policy */
  readonly quietHours?: readonly QuietHours[];
}

/** An entry of `routes`. */
export interface RouteRule extends RouteTarget {
  readonly match: AlertMatcher;
  /** The routes after this one count too. */
  readonly continue: boolean;
}

export interface Links {
  /** The page of the runbook, without a fragment. @default the path in the repository */
  readonly runbook?: string;
  /** The page of a sync: an https URL with `{id}` and other placeholders. @default no link: none is invented */
  readonly sync?: string;
}

/** The thresholds that can differ from sync to sync. */
export interface Thresholds {
  /** Late once the last success is older than this many intervals and the grace. At least 1. */
  readonly stallAfterIntervals: number;
  /** Critical once it is older than this many intervals and the grace. At least `stallAfterIntervals`. */
  readonly criticalAfterIntervals: number;
  /** From this many failures in a row on a failing sync is critical: the platform disables it at 10. */
  readonly criticalAtFailures: number;
  /** How far a clock or a schedule may be off. */
  readonly graceSeconds: number;
  /** How long a warning stays pending before it fires. */
  readonly pendingForSeconds: number;
}

/** That alerts of a sync never open. */
export interface Exclusion {
  readonly reason: string;
  /** When it ends; without it, it holds as long as it stands in the policy. */
  readonly until?: Instant;
}

/** An entry of `exclude`. */
export interface ExclusionRule extends Exclusion {
  readonly match: SyncMatcher;
}

/** An entry of `overrides`. */
export interface Override extends Partial<Thresholds> {
  readonly match: SyncMatcher;
  readonly exclude?: Exclusion;
  /** Who looks after these syncs: shown with their alerts. */
  readonly owner?: string;
}
