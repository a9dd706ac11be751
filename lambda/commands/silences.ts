// In: the ports, the settings, and what a person wants to silence, acknowledge, list or end.
// Out: the silences with what they match now, or why the request cannot be met. Checks read silences with the state.
// Called by: invocation/run-command.ts and cli/run.ts.
import type { Alert, Facts } from '../core/alert.ts';
import { displayName } from '../core/digest/names.ts';
import { untrusted } from '../core/digest/rich-text.ts';
import { pluralize } from '../core/digest/wording.ts';
import { fingerprintOf, isSyncFingerprint, syncIdOf } from '../core/fingerprint.ts';
import { type AlertMatcher, matcherText, matchesSync } from '../core/matcher.ts';
import { destinationsOf } from '../core/notify/destinations.ts';
import {
  ACKNOWLEDGED_SECONDS,
  isActive,
  MAX_SILENCE_SECONDS,
  MAX_SILENCES,
  type Selection,
  type Silence,
  selects,
  tokenFrom,
} from '../core/silence.ts';
import type { WatchState } from '../core/state.ts';
import type { Sync } from '../core/sync.ts';
import { after, DAY_SECONDS, type Instant, secondsBetween } from '../core/time.ts';
import type { LoadedState, SilenceStore } from '../state/state-store.ts';
import { startDeadlines } from './deadlines.ts';
import { loadAndList } from './load-and-list.ts';
import type { CommandSettings, Ports } from './ports.ts';

/** The ports of a command that writes silences. */
export interface SilencePorts extends Ports {
  readonly silences: SilenceStore;
  /** At least 0, less than 1. */
  readonly random: () => number;
}

export interface SilenceRequest {
  /** Syncs and alerts by their fields, or the alerts of a digest by its token. */
  readonly what: { readonly match: AlertMatcher } | { readonly token: string };
  /** @default now */
  readonly startsAt?: Instant;
  readonly ends: { readonly afterSeconds: number } | { readonly at: Instant };
  readonly reason?: string;
  readonly author?: string;
}

export interface AcknowledgeRequest {
  /** The id or the name of a sync, the fingerprint of an alert, or the token of a digest. */
  readonly id: string;
  readonly reason?: string;
  readonly author?: string;
}

/** A silence for people and programs. Dates are ISO 8601, in UTC. */
export interface SilenceView {
  readonly id: string;
  readonly kind: Silence['kind'];
  /** What it selects, in words: "connection pg-main". */
  readonly selects: string;
  readonly status: 'active' | 'later' | 'ended';
  readonly from: string;
  readonly until: string;
  readonly reason: string;
  readonly author: string;
  /** How many listed syncs it selects; null for one that names alerts, and while the syncs cannot be listed. */
  readonly syncs: number | null;
  /** How many open alerts it selects now, and the names of the first ten. */
  readonly alerts: number;
  readonly names: readonly string[];
}

export type SilenceResult =
  | {
      readonly kind: 'silences';
      readonly at: string;
      readonly silences: readonly SilenceView[];
      readonly unknown: readonly string[];
    }
  | { readonly kind: 'silenced'; readonly at: string; readonly silence: SilenceView }
  | { readonly kind: 'ended'; readonly at: string; readonly id: string }
  /** The request cannot be met. That is no failure of the function. */
  | { readonly kind: 'usage_error'; readonly error: string };

export async function silence(
  ports: SilencePorts,
  settings: CommandSettings,
  request: SilenceRequest,
): Promise<SilenceResult> {
  const now = ports.now();
  const { what, startsAt = now, ends, reason = '', author = UNKNOWN_AUTHOR } = request;
  const endsAt = 'at' in ends ? ends.at : after(startsAt, ends.afterSeconds);
  const fault = faultOf({ startsAt, endsAt, now });
  if (fault !== undefined) return usageError(fault);
  const { loaded, syncs } = await loadSyncs(ports, settings);
  const selection = selectionOf(what, loaded.state);
  if (selection === undefined) return usageError(UNKNOWN_TOKEN);
  if ('match' in what && reason.trim() === '') return usageError('a silence by a matcher needs a reason');
  const wish = { startsAt, endsAt, createdAt: now, reason, author, ...selection };
  return add(wish, ports, { loaded, syncs, now });
}

export async function acknowledge(
  ports: SilencePorts,
  { id, reason = '', author = UNKNOWN_AUTHOR }: AcknowledgeRequest,
): Promise<SilenceResult> {
  const now = ports.now();
  const loaded = await ports.state.load();
  const { alerts } = loaded.state.facts;
  const named = [fingerprintOf(id), id].filter((fingerprint) => Object.hasOwn(alerts, fingerprint));
  const fingerprints = [named, alertsCalled(id, loaded.state), alertsOfDigest(id, loaded.state)].find(
    (found) => found.length > 0,
  );
  const open = (fingerprints ?? []).flatMap((fingerprint) => {
    const alert = alerts[fingerprint];
    if (alert?.state !== 'firing') return [];
    return [{ fingerprint, since: alert.since, severity: alert.severity }];
  });
  if (open.length === 0)
    return usageError(
      'no open alert has this id: give the id or the name of a sync, or the token of a digest',
    );
  const endsAt = after(now, ACKNOWLEDGED_SECONDS);
  const selection = { kind: 'acknowledgement', alerts: open } as const;
  const wish = { startsAt: now, endsAt, createdAt: now, reason, author, ...selection };
  return add(wish, ports, { loaded, syncs: undefined, now });
}

/** Every silence that has not ended, or did lately; the first to end first. */
export async function listSilences(ports: SilencePorts, settings: CommandSettings): Promise<SilenceResult> {
  const now = ports.now();
  const { loaded, syncs } = await loadSyncs(ports, settings);
  const { known = [], unknown = [] } = loaded.silences ?? {};
  const silences = known
    .toSorted((one, other) => one.endsAt - other.endsAt)
    .map((one) => viewOf(one, { facts: loaded.state.facts, syncs, now }));
  return { kind: 'silences', at: iso(now), silences, unknown };
}

export async function endSilence(ports: SilencePorts, id: string): Promise<SilenceResult> {
  const isEnded = await ports.silences.removeSilence(id);
  if (!isEnded) return usageError('no silence has this id: the command silences lists them');
  return { kind: 'ended', at: iso(ports.now()), id };
}

const UNKNOWN_AUTHOR = 'unknown';
const UNKNOWN_TOKEN =
  'no digest has this token: its alerts are over, later digests had them, or it is of another environment; silence by a matcher instead';

function usageError(error: string): SilenceResult {
  return { kind: 'usage_error', error };
}

function faultOf({
  startsAt,
  endsAt,
  now,
}: Pick<Silence, 'startsAt' | 'endsAt'> & { readonly now: Instant }) {
  if (endsAt <= now) return 'the silence would have ended already';
  if (endsAt <= startsAt) return 'the silence would end before it begins';
  if (secondsBetween(now, endsAt) <= MAX_SILENCE_SECONDS) return undefined;
  const days = MAX_SILENCE_SECONDS / DAY_SECONDS;
  return `a silence ends within ${days} days: exclude the syncs in the policy instead, with an "until"`;
}

function selectionOf(what: SilenceRequest['what'], state: WatchState): Selection | undefined {
  if ('match' in what) return { kind: 'matcher', match: what.match };
  const alerts = alertsOfDigest(what.token, state);
  return alerts.length === 0 ? undefined : { kind: 'alerts', alerts };
}

function alertsCalled(name: string, { facts }: WatchState): readonly string[] {
  return Object.entries(facts.alerts).flatMap(([fingerprint, { labels }]) =>
    displayName(labels) === name ? [fingerprint] : [],
  );
}

/** The fingerprints of the alerts that were open in a digest. */
function alertsOfDigest(token: string, { routes }: WatchState): readonly string[] {
  const logged = destinationsOf(routes).flatMap(({ notificationLog }) => Object.entries(notificationLog));
  const named = logged.filter(([, { digests = [] }]) => digests.includes(token));
  return [...new Set(named.map(([fingerprint]) => fingerprint))];
}

/** What a view of a silence is made from. */
interface ViewContext {
  readonly facts: Facts;
  readonly syncs: readonly Sync[] | undefined;
  readonly now: Instant;
}

/** A silence without its id. */
type Wish = Omit<Silence, 'id' | keyof Selection> & Selection;

async function add(
  wish: Wish,
  { silences, random }: SilencePorts,
  { loaded, ...context }: Omit<ViewContext, 'facts'> & { readonly loaded: LoadedState },
): Promise<SilenceResult> {
  const known = loaded.silences?.known ?? [];
  const left = known.filter(({ endsAt }) => endsAt > context.now);
  if (left.length >= MAX_SILENCES) return usageError(`there are ${MAX_SILENCES} silences: end some first`);
  const taken = new Set(known.map(({ id }) => id));
  for (;;) {
    const added: Silence = { id: tokenFrom(random(), (token) => taken.has(token)), ...wish };
    if (await silences.addSilence(added))
      return {
        kind: 'silenced',
        at: iso(context.now),
        silence: viewOf(added, { ...context, facts: loaded.state.facts }),
      };
    taken.add(added.id);
  }
}

/** The state with its silences, and the listed syncs; undefined when they cannot be listed. */
async function loadSyncs(ports: SilencePorts, { remainingSeconds }: CommandSettings) {
  const { loaded, listed } = await loadAndList(ports, startDeadlines(remainingSeconds).listing);
  return { loaded, syncs: listed.ok ? listed.syncs : undefined };
}

const MAX_NAMES = 10;

function viewOf(one: Silence, { facts, syncs, now }: ViewContext): SilenceView {
  const { id, kind, startsAt, endsAt, reason, author } = one;
  const open = Object.entries(facts.alerts).filter(
    ([fingerprint, alert]) => alert.state === 'firing' && selects(one, fingerprint, alert),
  );
  return {
    id,
    kind,
    selects: selectionText(one),
    status: isActive(one, now) ? 'active' : endsAt <= now ? 'ended' : 'later',
    from: iso(startsAt),
    until: iso(endsAt),
    reason,
    author,
    syncs: one.kind === 'matcher' && syncs !== undefined ? countSyncs(one.match, syncs) : null,
    alerts: open.length,
    names: open.slice(0, MAX_NAMES).map(([fingerprint, alert]) => alertName(fingerprint, alert)),
  };
}

function countSyncs(match: AlertMatcher, syncs: readonly Sync[]): number {
  return syncs.filter(({ id, labels }) => matchesSync(match, id, labels)).length;
}

function selectionText(one: Silence): string {
  if (one.kind === 'matcher') return matcherText(one.match);
  const count = pluralize(one.alerts.length, 'alert');
  if (one.kind === 'alerts') return `${count} of a digest`;
  return `${count}, until ${one.alerts.length === 1 ? 'it' : 'each'} ends`;
}

function alertName(fingerprint: string, alert: Alert): string {
  return isSyncFingerprint(fingerprint)
    ? untrusted(displayName(alert.labels) ?? syncIdOf(fingerprint)).text
    : fingerprint;
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}
