import type { Alert, Facts, ListingFailure, Resolution, SyncHistory } from '../../lambda/core/alert.ts';
import { type Diagnosis, diagnose } from '../../lambda/core/diagnose/diagnose.ts';
import type { Evaluation, UnavailableEvaluation } from '../../lambda/core/diagnose/evaluation.ts';
import type { Line, Span } from '../../lambda/core/digest/rich-text.ts';
import { type Digest, type Item, type Origin, writeDigest } from '../../lambda/core/digest/write-digest.ts';
import type { Notification, NotificationPlan, TrackedAlert } from '../../lambda/core/notify/plan.ts';
import type { SharedCause } from '../../lambda/core/notify/shared-cause.ts';
import { parseSync } from '../../lambda/core/parse/parse-sync.ts';
import { type Policy, parsePolicy } from '../../lambda/core/policy.ts';
import type { LastNotified } from '../../lambda/core/state.ts';
import type { Instant } from '../../lambda/core/time.ts';
import { aRecord, HOUR, MINUTE, START } from '../commands/a-world.ts';

/** The one `now` of these tests: 2026-11-24 09:00 UTC. */
export const NOW: Instant = START;
export const DAY = 24 * HOUR;

/** The moment so long before `NOW`, in milliseconds. */
export function ago(milliseconds: number): Instant {
  return NOW - milliseconds;
}

/** The same, as the API writes it. */
export function isoAgo(milliseconds: number): string {
  return new Date(ago(milliseconds)).toISOString();
}

export const POLICY: Policy = policyOf({});

function policyOf(written: unknown): Policy {
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
  remembered: { readonly mark?: SyncHistory; readonly problems?: Alert['problems'] } = {},
): Diagnosis {
  const record = aRecord(NOW, {
    last_state: 'failed',
    last_run_at: isoAgo(5 * MINUTE),
    last_success_at: isoAgo(20 * MINUTE),
    seconds_since_success: 1200,
    ...overrides,
  });
  const { mark = {}, problems = [] } = remembered;
  return diagnose(parseSync(record), POLICY, NOW, { history: mark, problems });
}

/** A look that saw these. */
export function seen(
  diagnoses: readonly Diagnosis[],
  overrides: { readonly withoutId?: number } = {},
): Evaluation {
  return {
    kind: 'listed',
    diagnoses: new Map(diagnoses.map((one) => [`sync:${one.sync.id ?? ''}` as const, one])),
    recordCount: diagnoses.length,
    withoutId: 0,
    repeated: 0,
    unknownFields: {},
    ...overrides,
  };
}

export const BLINDNESS: ListingFailure = {
  kind: 'failed',
  request: 'GET https://api.timbal.ai/orgs/acme/connectors/syncs',
  received: '503 Service Unavailable, 4 tries',
};

export const BLIND: UnavailableEvaluation = { kind: 'unavailable', failure: BLINDNESS, recordCount: 0 };

/** An open alert of a failing sync, a warning that opened an hour ago. */
export function anAlert(overrides: Partial<Alert> = {}): Alert {
  const { problem = 'failing', since = ago(HOUR) } = overrides;
  return {
    state: 'firing',
    problem,
    severity: 'warning',
    paused: false,
    problems: [problem],
    since,
    firings: [since],
    lastSuccessAt: ago(80 * MINUTE),
    labels: labelsOf('orders'),
    ...overrides,
  };
}

/** The same, ended `at`; ten minutes ago unless it says otherwise. */
export function anEndedAlert(
  ended: Resolution & { readonly at?: Instant } = { how: 'resolved', by: 'success' },
  overrides: Partial<Alert> = {},
): Alert {
  return anAlert({ state: 'ended', resolution: { at: ago(10 * MINUTE), ...ended }, ...overrides });
}

export function labelsOf(name: string | null, overrides: Partial<NonNullable<Alert['labels']>> = {}) {
  return {
    name,
    connectorId: 'postgres',
    connectionRef: 'pg-main',
    source: 'public.orders',
    kbUid: 'kb_sales',
    destTable: 'orders',
    intervalSeconds: 900,
    ...overrides,
  };
}

/** What a route was told: the opening, listed, an hour ago. */
export function wasTold(overrides: Partial<LastNotified> = {}): LastNotified {
  return { at: ago(HOUR), severity: 'warning', problems: ['failing'], listed: true, ...overrides };
}

/** One alert that is told, by its reason; a closing's opening was told, an opening's was not. */
export function announced(
  reason: Notification['reason'],
  fingerprint = 'sync:orders',
  alert: Alert = anAlert(),
  told: LastNotified | undefined = ['new', 'resolved_undelivered'].includes(reason) ? undefined : wasTold(),
): Notification {
  return {
    reason,
    fingerprint,
    alert,
    logEntry: told === undefined ? { undeliveredSince: NOW } : { lastNotified: told },
  };
}

/** One alert that a reminder lists. */
export function reminded(fingerprint = 'sync:orders', alert: Alert = anAlert()): TrackedAlert {
  return { fingerprint, alert, logEntry: { lastNotified: wasTold() } };
}

/** A connection that three failing syncs share, told for the first time; nothing is known of the others. */
export function aCause(overrides: Partial<SharedCause> = {}): SharedCause {
  const { name = 'pg-main' } = overrides;
  return {
    key: `connection:8:postgres:${name}`,
    kind: 'connection',
    name,
    open: { failing: 3 },
    severity: 'warning',
    ...overrides,
  };
}

/** One alert that is told, with an id and a name made of `name`. */
export function named(reason: Notification['reason'], name: string, overrides: Partial<Alert> = {}) {
  return announced(reason, `sync:${name}`, anAlert({ labels: labelsOf(name), ...overrides }));
}

export const PLACE: Origin = { environment: 'prod', organisation: 'acme', moreHint: 'npm start -- --json' };

/** What is due, arranged. The facts hold what is due unless they are given. */
export function aDigest(
  plan: Partial<NotificationPlan>,
  {
    evaluation = seen([aDiagnosis()]),
    place = PLACE,
    initialRun = false,
    facts = factsOf(plan),
    now = NOW,
  }: {
    readonly evaluation?: Evaluation;
    readonly place?: Origin;
    readonly initialRun?: boolean;
    readonly facts?: Facts;
    readonly now?: Instant;
  } = {},
): Digest {
  return writeDigest({ notifications: [], reminder: [], ...plan }, facts, evaluation, place, initialRun, now);
}

export function factsOf({ notifications = [], reminder = [] }: Partial<NotificationPlan>): Facts {
  const alerts = [...notifications, ...reminder].map(({ fingerprint, alert }) => [fingerprint, alert]);
  return { alerts: Object.fromEntries(alerts), histories: {}, size: { normal: 0 } };
}

/** A line as these tests read it: *strong*, `names from outside`, and moments by the clock, UTC. */
export function read(line: Line): string {
  return line.map(readSpan).join('');
}

function readSpan(span: Span): string {
  switch (span.kind) {
    case 'words':
      return span.text;
    case 'strong':
      return `*${span.text}*`;
    case 'name':
      return `\`${span.text}\``;
    case 'moment':
      return new Date(span.at).toISOString().slice(11, 16);
    default:
      throw new Error(`not a span: ${JSON.stringify(span)}`);
  }
}

/** The sections by their titles, each with the titles of its items. */
export function outline({ sections }: Digest): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    sections.map(({ title, items }) => [title, items.map((item) => read(item.title))]),
  );
}

/** The only item of a digest that has one. */
export function onlyItem({ sections }: Digest): Item {
  const [first, ...others] = sections.flatMap(({ items }) => items);
  if (first === undefined || others.length > 0)
    throw new Error(`expected one item, got ${others.length + 1}`);
  return first;
}

/** Its title, and the parts of its detail. */
export function told(item: Item): { readonly title: string; readonly detail: readonly string[] } {
  const detail = read(item.detail);
  return { title: read(item.title), detail: detail === '' ? [] : detail.split(' · ') };
}
