/*
 * Turns a digest into events of PagerDuty's Events API v2: takes neutral lines and what was sent before, gives one event for
 * each alert or cause that opens or changes, and one for each that is over. lambda/destinations/pagerduty-destination.ts
 * posts them.
 */
import type { Facts } from '../alert.ts';
import type { Digest, Item } from '../digest/digest.ts';
import type { Line } from '../digest/rich-text.ts';
import { formatNumber, momentText } from '../digest/wording.ts';
import type { Coverage, MessageContent } from '../notify/notification.ts';
import { recordAccepted } from '../notify/notification-log.ts';
import type { Severity } from '../problem.ts';
import type { Destination } from '../state.ts';
import type { Instant } from '../time.ts';

/** An event, and what it covers. */
export interface EventMessage extends MessageContent {
  /** Absent where the rest of a digest needs no event: reminders, and ends of what is still open otherwise. */
  readonly event?: PagerDutyEvent;
}

/** An event without its routing key (developer.pagerduty.com, "Send an alert event"). */
export interface PagerDutyEvent {
  readonly action: 'trigger' | 'resolve';
  /** The same for each event about an alert or a cause: PagerDuty makes one incident of them. */
  readonly key: string;
  /** Of a trigger. */
  readonly payload?: {
    /** At most 1,024 characters. */
    readonly summary: string;
    readonly severity: Severity;
    readonly details: string;
  };
}

export interface EventContext {
  /** What the destination was sent before this digest. */
  readonly destination: Destination;
  readonly facts: Facts;
  readonly now: Instant;
}

/** So many events open incidents at once; the rest of a digest is one event. PagerDuty takes 120 a minute for a key. */
export const MAX_TRIGGERS = 25;
const MAX_SUMMARY_LENGTH = 1024;

/**
 * The events of a digest. An incident is open at PagerDuty for each key that the log has an open alert under: its cause,
 * else its own fingerprint. The difference between the log before and after the digest is what to resolve, so that an
 * incident ends with the last of its alerts, and with the move of all of them to another cause.
 */
export function pagerDutyEvents(digest: Digest, context: EventContext): readonly EventMessage[] {
  const subjects = subjectsOf(digest);
  const covers = subjects.flatMap((subject) => subject.covers);
  if (covers.length === 0)
    return [{ event: { action: 'resolve', key: 'test' }, covers, endsReminder: false }];
  const before = keysOf(context.destination);
  const accepted = recordAccepted(context.destination, { covers, endsReminder: false }, context);
  const after = keysOf(accepted);
  const open = new Set(after.values());
  const over = new Set([...before.values()].filter((key) => !open.has(key)));

  const triggers = new Map<string, { readonly subject: Subject; readonly covers: Coverage[] }>();
  for (const subject of subjects) {
    for (const coverage of subject.covers) {
      const key = after.get(coverage.fingerprint);
      if (!isTrigger(coverage) || key === undefined) continue;
      const trigger = triggers.get(key);
      if (trigger === undefined) triggers.set(key, { subject, covers: [coverage] });
      else trigger.covers.push(coverage);
    }
  }
  const rest: Coverage[] = [];
  const ends = new Map<string, Coverage[]>([...over].map((key) => [key, []]));
  for (const coverage of covers.filter((one) => !isTrigger(one) || !after.has(one.fingerprint))) {
    const inDoubt = keyInDoubt(coverage, context.destination);
    const key = before.get(coverage.fingerprint) ?? inDoubt ?? '';
    if (key === inDoubt && !open.has(key) && !ends.has(key)) ends.set(key, []);
    // What ended under a cause that goes on stays with an event of that cause, so that both are recorded or neither.
    (ends.get(key) ?? triggers.get(key)?.covers ?? rest).push(coverage);
  }
  const messages = [
    ...[...triggers].map(([key, { subject, covers: own }]) => ({
      event: triggerOf(key, subject, own),
      covers: own,
    })),
    ...[...ends].map(([key, own]) => ({ event: { action: 'resolve' as const, key }, covers: own })),
    ...(rest.length > 0 ? [{ covers: rest }] : []),
  ];
  return messages.map((message) => ({ ...message, endsReminder: false }));
}

/** The key of an incident that a trigger without a certain answer may have opened, and that nothing else says is open. */
function keyInDoubt({ fingerprint, cause }: Coverage, { notificationLog }: Destination): string | undefined {
  const { lastNotified, inFlight } = notificationLog[fingerprint] ?? {};
  const isInDoubt = lastNotified === undefined && inFlight?.what === 'firing';
  return isInDoubt ? (cause?.key ?? fingerprint) : undefined;
}

/** By fingerprint, the key of the incident of each alert that was sent and is not closed. */
function keysOf({ notificationLog }: Destination): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(notificationLog).flatMap(([fingerprint, { lastNotified, resolutionSent }]) => {
      if (lastNotified === undefined || resolutionSent) return [];
      return [[fingerprint, lastNotified.cause ?? fingerprint] as const];
    }),
  );
}

/** What an event is about: the item with its text, and what it covers. */
interface Subject {
  readonly item: Item;
  readonly details: readonly Line[];
  readonly covers: readonly Coverage[];
}

/** The items with those nested beneath them. */
function subjectsOf({ sections }: Digest): readonly Subject[] {
  const subjects: Subject[] = [];
  for (const item of sections.flatMap(({ items }) => items)) {
    const head = item.isNested ? subjects.pop() : undefined;
    if (head === undefined) subjects.push({ item, details: [item.detail], covers: item.covers });
    else {
      const details = [...head.details, item.title, item.detail];
      subjects.push({ item: head.item, details, covers: [...head.covers, ...item.covers] });
    }
  }
  return withKeys(subjects);
}

/**
 * The subjects with a cause in what they cover, wherever one event is about several alerts: it is the key of their incident,
 * and the log keeps it. Beyond `MAX_TRIGGERS` all further alerts share one event.
 */
function withKeys(subjects: readonly Subject[]): readonly Subject[] {
  const opening = subjects.filter(({ covers }) => covers.some(isTrigger));
  const rest = new Set(opening.slice(MAX_TRIGGERS));
  const [firstOfRest] = [...rest].flatMap(({ covers }) => covers.filter(isTrigger));
  return subjects.map((subject) => {
    const opens = subject.covers.filter(isTrigger);
    const { level, cause } = subject.item;
    const own =
      opens.length > 1 || cause !== undefined ? (cause ?? `group:${opens[0]?.fingerprint}`) : undefined;
    const key = rest.has(subject) ? `rest:${firstOfRest?.fingerprint}` : own;
    if (opens.length === 0 || key === undefined) return subject;
    const mark = { key, severity: level === 'critical' ? 'critical' : 'warning' } as const;
    const covers = subject.covers.map((one) => (isTrigger(one) ? { ...one, cause: one.cause ?? mark } : one));
    return { ...subject, covers };
  });
}

function isTrigger({ reason }: Coverage): boolean {
  return ['new', 'escalated', 'disable_imminent', 'changed', 'unmuted'].includes(reason);
}

function triggerOf(key: string, { item, details }: Subject, covers: readonly Coverage[]): PagerDutyEvent {
  const more =
    key.startsWith('rest:') && covers.length > 1 ? ` and ${formatNumber(covers.length - 1)} more alerts` : '';
  const summary = `${textOf(item.title)}${more}`.slice(0, MAX_SUMMARY_LENGTH);
  const severity = item.level === 'critical' ? 'critical' : 'warning';
  const lines = details.filter((line) => line.length > 0).map(textOf);
  return { action: 'trigger', key, payload: { summary, severity, details: lines.join('\n') } };
}

function textOf(line: Line): string {
  return line.map((span) => (span.kind === 'moment' ? momentText(span) : span.text)).join('');
}
