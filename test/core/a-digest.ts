import type { Alert, Facts, Resolution, SyncHistory } from '../../lambda/core/alert.ts';
import { type Diagnosis, diagnose } from '../../lambda/core/diagnose/diagnose.ts';
import type {
  Evaluation,
  ListedEvaluation,
  UnavailableEvaluation,
} from '../../lambda/core/diagnose/evaluation.ts';
import type { Digest, Item, Origin } from '../../lambda/core/digest/digest.ts';
import type { Line, Span } from '../../lambda/core/digest/rich-text.ts';
import { writeDigest } from '../../lambda/core/digest/write-digest.ts';
import type { ListingFailure } from '../../lambda/core/listing.ts';
import type {
  NeutralChange,
  Notification,
  NotificationPlan,
  SharedCause,
  TrackedAlert,
} from '../../lambda/core/notify/notification.ts';
import { EMPTY_PLAN } from '../../lambda/core/notify/notification.ts';
import type { SendReason } from '../../lambda/core/notify/reason.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { parseSync } from '../../lambda/core/parse/parse-sync.ts';
import type { Policy } from '../../lambda/core/policy.ts';
import { EMPTY_ROSTER } from '../../lambda/core/roster.ts';
import type { LastNotified } from '../../lambda/core/state.ts';
import type { Instant } from '../../lambda/core/time.ts';
import { aRecord, HOUR, MINUTE, START } from '../commands/a-world.ts';

/** The one `now` of these tests: 2026-11-24 09:00 UTC. */
export const NOW: Instant = START;
export const DAY = 24 * HOUR;

/** The moment so many milliseconds before `NOW`. */
export function ago(milliseconds: number): Instant {
  return NOW - milliseconds;
}

/** The same, as the API writes it. */
export function isoAgo(milliseconds: number): string {
  return new Date(ago(milliseconds)).toISOString();
}

export const POLICY: Policy = policyOf({});

export function policyOf(written: unknown): Policy {
  const parsed = parsePolicy(written);
  if (!parsed.ok) throw new Error(parsed.faults.join());
  return parsed.policy;
}

/**
 * The diagnosis of a record as the API would send it: `orders` runs every 15 minutes, last failed five minutes ago and
 * last succeeded 20 minutes ago, unless an override says otherwise.
 */
export function aDiagnosis(
  overrides: Readonly<Record<string, unknown>> = {},
  tracked: { readonly history?: SyncHistory; readonly problems?: Alert['problems'] } = {},
  policy = POLICY,
): Diagnosis {
  const record = aRecord(NOW, {
    last_state: 'failed',
    last_run_at: isoAgo(5 * MINUTE),
    last_success_at: isoAgo(20 * MINUTE),
    seconds_since_success: 1200,
    ...overrides,
  });
  const { history = {}, problems = [] } = tracked;
  return diagnose(parseSync(record), { policy, now: NOW }, { history, problems });
}

/** The fields of a record whose last run succeeded so many minutes ago. */
export function succeededAgo(minutes: number) {
  return {
    last_state: 'completed',
    last_run_at: isoAgo(minutes * MINUTE),
    last_success_at: isoAgo(minutes * MINUTE),
    seconds_since_success: minutes * 60,
  };
}

/** The evaluation of a listing with these. */
export function listed(
  diagnoses: readonly Diagnosis[],
  overrides: { readonly withoutId?: number } = {},
): ListedEvaluation {
  return {
    kind: 'listed',
    at: NOW,
    diagnoses: new Map(diagnoses.map((one) => [`sync:${one.sync.id ?? ''}` as const, one])),
    recordCount: diagnoses.length,
    withoutId: 0,
    repeated: 0,
    unknownFields: {},
    ...overrides,
  };
}

export const LISTING_FAILURE: ListingFailure = {
  kind: 'failed',
  request: 'GET https://api.timbal.ai/orgs/acme/connectors/syncs',
  received: '503 Service Unavailable, 4 attempts',
};

/** The evaluation of a check that could not list the syncs. */
export const UNAVAILABLE: UnavailableEvaluation = {
  kind: 'unavailable',
  at: NOW,
  failure: LISTING_FAILURE,
  recordCount: 0,
};

/** An open alert of a failing sync: a warning that has been firing for an hour. */
export function anAlert(overrides: Partial<Alert> = {}): Alert {
  const { problem = 'failing', since = ago(HOUR) } = overrides;
  return {
    state: 'firing',
    problem,
    severity: 'warning',
    problems: [problem],
    since,
    firings: [since],
    lastSuccessAt: ago(80 * MINUTE),
    labels: labelsOf('orders'),
    ...overrides,
  };
}

/** The same, ended `at`; ten minutes ago by default. */
export function anEndedAlert(
  resolution: Resolution & { readonly at?: Instant } = { how: 'resolved', by: 'success' },
  overrides: Partial<Alert> = {},
): Alert {
  return anAlert({ state: 'ended', resolution: { at: ago(10 * MINUTE), ...resolution }, ...overrides });
}

/** The open alert about the listing, which has failed for 20 minutes. */
export const LISTING_ALERT: Alert = anAlert({
  problem: 'listing_failed',
  severity: 'critical',
  labels: null,
  since: ago(20 * MINUTE),
});

export function labelsOf(name: string | null, overrides: Partial<NonNullable<Alert['labels']>> = {}) {
  return {
    name,
    connectorId: 'postgres',
    connectionRef: 'pg-main',
    source: 'public.orders',
    sourceKind: 'postgres',
    kbUid: 'kb_sales',
    destTable: 'orders',
    intervalSeconds: 900,
    ...overrides,
  };
}

/** The last notification of a firing: a listed warning about a failing sync, an hour ago. */
export function aLastNotified(overrides: Partial<LastNotified> = {}): LastNotified {
  return { at: ago(HOUR), severity: 'warning', problems: ['failing'], listed: true, ...overrides };
}

const FIRST_NOTIFICATIONS: readonly SendReason[] = ['new', 'resolved_undelivered'];

/** One alert that is sent. Its firing was notified before unless the reason says that it was not. */
export function aNotification(
  reason: SendReason,
  fingerprint = 'sync:orders',
  alert: Alert = anAlert(),
): Notification {
  const isFirst = FIRST_NOTIFICATIONS.includes(reason);
  return {
    reason,
    fingerprint,
    alert,
    logEntry: isFirst ? { undeliveredSince: NOW } : { lastNotified: aLastNotified() },
  };
}

/** The same, with an id and a name made of `name`. */
export function named(reason: SendReason, name: string, overrides: Partial<Alert> = {}): Notification {
  return aNotification(reason, `sync:${name}`, anAlert({ labels: labelsOf(name), ...overrides }));
}

/** The resolution of an alert, with an id and a name made of `name`. */
export function resolved(
  name = 'orders',
  resolution: Resolution = { how: 'resolved', by: 'success' },
  overrides: Partial<Alert> = {},
): Notification {
  const alert = anEndedAlert(resolution, { labels: labelsOf(name), ...overrides });
  return aNotification('resolved', `sync:${name}`, alert);
}

/** A sync that a person paused, as a change of condition to send. */
export function paused(name: string): NeutralChange {
  return {
    fingerprint: `sync:${name}`,
    kind: 'paused',
    condition: { condition: 'paused', since: ago(5 * MINUTE), name, by: 'person' },
  };
}

/** A change of condition to send, of a sync with an id and a name made of `name`. */
export function aChange(
  kind: NeutralChange['kind'],
  name: string,
  overrides: Partial<NeutralChange['condition']> = {},
): NeutralChange {
  const condition = kind === 'paused' || kind === 'unlisted' ? kind : 'active';
  return {
    fingerprint: `sync:${name}`,
    kind,
    condition: { condition, since: ago(5 * MINUTE), name, ...overrides },
  };
}

/** One alert that a reminder lists. */
export function aReminder(fingerprint = 'sync:orders', alert: Alert = anAlert()): TrackedAlert {
  return { fingerprint, alert, logEntry: { lastNotified: aLastNotified() } };
}

/** A connection that three failing syncs share, sent for the first time; nothing is known of its other syncs. */
export function aCause(overrides: Partial<SharedCause> = {}): SharedCause {
  const { name = 'pg-main' } = overrides;
  return {
    key: `connection:8:postgres:${name}`,
    kind: 'connection',
    name,
    isGrouping: true,
    open: { failing: 3 },
    severity: 'warning',
    listed: 0,
    succeeded: 0,
    earlierSentAs: [],
    moved: [],
    stillOpen: [],
    ...overrides,
  };
}

/** So many of something, made of the names "sync-01", "sync-02" and so on. */
export function many<T>(count: number, make: (name: string, index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) =>
    make(`sync-${String(index + 1).padStart(2, '0')}`, index),
  );
}

export const ORIGIN: Origin = { environment: 'prod', organisation: 'acme', moreHint: 'npm start -- --json' };

export interface DigestOptions {
  readonly evaluation?: Evaluation;
  readonly origin?: Origin;
  readonly initialRun?: boolean;
  readonly facts?: Facts;
}

/** The digest of a plan. The facts hold the alerts of the plan unless they are given. */
export function aDigest(plan: Partial<NotificationPlan>, options: DigestOptions = {}): Digest {
  const complete = { ...EMPTY_PLAN, ...plan };
  return writeDigest(complete, {
    facts: factsOf(plan),
    evaluation: listed([aDiagnosis()]),
    origin: ORIGIN,
    initialRun: false,
    ...options,
  });
}

export function factsOf({ notifications = [], reminder = [] }: Partial<NotificationPlan>): Facts {
  const alerts = [...notifications, ...reminder].map(({ fingerprint, alert }) => [fingerprint, alert]);
  return { alerts: Object.fromEntries(alerts), histories: {}, roster: EMPTY_ROSTER, conditions: {} };
}

/** A line as text: *strong*, `text from outside`, and moments as the time of day in UTC. */
export function lineText(line: Line): string {
  return line.map(spanText).join('');
}

function spanText(span: Span): string {
  switch (span.kind) {
    case 'words':
      return span.url === undefined ? span.text : `<${span.url}|${span.text}>`;
    case 'strong':
      return `*${span.text}*`;
    case 'untrusted':
      return `\`${span.text}\``;
    case 'moment':
      return new Date(span.at).toISOString().slice(11, 16);
    default:
      throw new Error(`not a span: ${JSON.stringify(span)}`);
  }
}

/** The title of an item as text, and the parts of its detail. */
export function itemText(item: Item): { readonly title: string; readonly detail: readonly string[] } {
  const detail = lineText(item.detail);
  return { title: lineText(item.title), detail: detail === '' ? [] : detail.split(' · ') };
}

/** The sections by their titles, each with the titles of its items as text. */
export function outline({ sections }: Digest): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    sections.map(({ title, items }) => [title, items.map((item) => lineText(item.title))]),
  );
}

/** The only item of a digest that has one. */
export function onlyItem({ sections }: Digest): Item {
  const [first, ...others] = sections.flatMap(({ items }) => items);
  if (first === undefined || others.length > 0)
    throw new Error(`expected one item, got ${others.length + 1}`);
  return first;
}

/** The only item of the digest of one notification, as text. */
export function itemOf(one: Notification, options?: DigestOptions): ReturnType<typeof itemText> {
  return itemText(onlyItem(aDigest({ notifications: [one] }, options)));
}
