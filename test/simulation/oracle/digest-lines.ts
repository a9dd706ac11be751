import type { Digest, Item } from '../../../lambda/core/digest/digest.ts';
import type { SimulatedCheck } from '../simulated-check.ts';
import type { AlertBounds } from './alert-bounds.ts';
import type { Channel } from './channel.ts';
import type { ConditionLines } from './condition-lines.ts';
import type { OracleReport } from './oracle-report.ts';
import type { SeenSyncs } from './seen-syncs.ts';

const OPEN_REASONS: readonly string[] = ['new', 'escalated', 'changed', 'disable_imminent', 'reminder'];
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A line of a digest with the lines nested beneath it. */
interface Group {
  readonly head: Item;
  readonly items: readonly Item[];
}

/** The kind and the name of the cause that a line names. */
export interface NamedCause {
  readonly kind: 'connection' | 'connector' | 'knowledge base' | 'organisation';
  readonly name: string;
}

export interface DigestLinesOptions {
  readonly seen: SeenSyncs;
  readonly bounds: AlertBounds;
  readonly channel: Channel;
  readonly conditions: ConditionLines;
  readonly report: OracleReport;
}

/** How a digest reads: each alert once, critical first, and no line that claims more than is so. */
export class DigestLines {
  readonly #options: DigestLinesOptions;
  /** By key, the cause that a line named. */
  readonly causes = new Map<string, NamedCause>();

  constructor(options: DigestLinesOptions) {
    this.#options = options;
  }

  /** Before any post is delivered: what the lines claim is measured against what Slack has with them. */
  verify(check: SimulatedCheck, digest: Digest): void {
    const groups = digest.sections.flatMap(({ items }) => groupsOf(items));
    this.#namedOnce(check, groups);
    this.#criticalFirst(check, digest, groups);
    for (const group of groups) {
      this.#explains(check, group);
      this.#claims(check, group);
      this.#conditionKind(check, group);
    }
    this.#cutAtTheEnd(check, digest);
  }

  #namedOnce(check: SimulatedCheck, groups: readonly Group[]): void {
    const lines = new Map<string, { readonly group: Group; readonly reason: string }>();
    for (const group of groups) {
      const here = new Set<string>();
      for (const { fingerprint, reason } of coversOf(group)) {
        if (reason === 'nothing_listed' || reason === 'moved') continue;
        const other = lines.get(fingerprint);
        if (
          other !== undefined &&
          other.group !== group &&
          !this.#isOtherFact(fingerprint, [other.group, group])
        )
          this.#fail(`${fingerprint}: in two lines of one digest: ${other.reason}, ${reason}`, check);
        // The end of an alert and a change of condition may share a line with other news of the same sync.
        if (here.has(fingerprint) && reason !== 'resolved' && reason !== 'condition')
          this.#fail(`${fingerprint}: twice in one line`, check);
        here.add(fingerprint);
        lines.set(fingerprint, { group, reason });
      }
    }
  }

  /**
   * A line about conditions says of the sync what the line of its alert does not: an open alert implies that the sync is
   * active, also where its record does not say, and one that ended by a condition that it is so.
   */
  #isOtherFact(fingerprint: string, groups: readonly Group[]): boolean {
    // The line at the end of a mute does not say how an alert ended.
    const isOfMute = groups.some((group) => coversOf(group).some(({ reason }) => reason === 'unmuted'));
    if (isOfMute && this.#options.bounds.alerts[fingerprint]?.state === 'ended') return true;
    const said = groups.map(({ head }) => conditionIn(head)).find((condition) => condition !== undefined);
    const alert = this.#options.bounds.alerts[fingerprint];
    const how = alert?.state === 'ended' ? alert.resolution?.how : undefined;
    const implied = how === 'paused' || how === 'unlisted' ? how : 'active';
    return said !== undefined && said !== implied;
  }

  #criticalFirst(check: SimulatedCheck, digest: Digest, groups: readonly Group[]): void {
    const { alerts } = this.#options.bounds;
    let hasWarning = false;
    let hasCritical = false;
    for (const group of groups) {
      const { level } = group.head;
      if (level === 'warning') hasWarning = true;
      if (level === 'critical') {
        hasCritical = true;
        if (hasWarning) this.#fail(`a warning stands before "${textOf(group.head)}"`, check);
      }
    }
    for (const group of groups)
      for (const { fingerprint, reason } of coversOf(group)) {
        const isCritical = OPEN_REASONS.includes(reason) && alerts[fingerprint]?.severity === 'critical';
        if (!isCritical) continue;
        // A reminder of many counts the rest of them, below the news of the day.
        if (group.head.level === 'note' && hasWarning && reason !== 'reminder')
          this.#fail(`${fingerprint}: critical and only counted while a warning is listed`, check);
        if (group.head.level === 'warning') this.#fail(`${fingerprint}: critical in a warning`, check);
      }
    const [first] = check.posts;
    const isPushed = first?.message.text.includes('CRITICAL') ?? hasCritical;
    if (isPushed !== hasCritical) this.#fail(`the push text is "${first?.message.text}"`, check);
    const [top] = digest.sections.flatMap(({ items }) => items);
    if (hasCritical && top?.level !== 'critical') this.#fail('the first line is not critical', check);
  }

  /** What finds no room is the end of the digest. */
  #cutAtTheEnd(check: SimulatedCheck, digest: Digest): void {
    const wanted = digest.sections.flatMap(({ items }) => items.flatMap(({ covers }) => covers));
    const posted = check.posts.flatMap(({ covers }) => covers);
    let isCut = false;
    for (const [index, cover] of posted.entries()) {
      const given = wanted[index];
      if (given?.fingerprint !== cover.fingerprint) {
        this.#fail(`${cover.fingerprint}: not in the order of the digest`, check);
        return;
      }
      if (given.listed && cover.listed && isCut) {
        this.#fail(`${cover.fingerprint}: listed after what was only counted`, check);
        return;
      }
      if (given.listed && !cover.listed) isCut = true;
    }
  }

  /** An alert belongs to the cause whose line names it. */
  #explains(check: SimulatedCheck, group: Group): void {
    const covers = coversOf(group).filter(({ reason }) => reason !== 'condition');
    const key = covers.find(({ cause }) => cause !== undefined)?.cause?.key;
    const named = causeOf(group.head);
    if (named === undefined) return;
    if (named.kind === 'organisation' && covers.length < 2) return;
    for (const { fingerprint, cause } of covers) {
      if (!this.belongs(fingerprint, named))
        this.#fail(
          `${fingerprint}: sent under ${named.kind} ${named.name}, to which it does not belong`,
          check,
        );
      if (cause !== undefined && cause.key !== key)
        this.#fail(`${fingerprint}: in a line of ${key}, and recorded under ${cause.key}`, check);
    }
    if (key === undefined) return;
    const earlier = this.causes.get(key);
    if (earlier !== undefined && (earlier.kind !== named.kind || earlier.name !== named.name))
      this.#fail(
        `cause ${key} is ${named.kind} ${named.name}, and was ${earlier.kind} ${earlier.name}`,
        check,
      );
    this.causes.set(key, named);
    this.#options.report.count(`lines: ${named.kind}`);
  }

  /** Whether the sync of an alert is one of the cause's. */
  belongs(fingerprint: string, { kind, name }: NamedCause): boolean {
    const record = this.#options.seen.syncs.get(fingerprint)?.record;
    if (record === undefined) return false;
    if (kind === 'organisation') return true;
    const field = { connection: 'connection_ref', connector: 'connector_id', 'knowledge base': 'kb_uid' }[
      kind
    ];
    return String(record[field]) === name;
  }

  #claims(check: SimulatedCheck, group: Group): void {
    const text = textOf(group.head);
    const [, quiet] = /nothing has succeeded for (.+?)(?: ·|:|$)/.exec(text) ?? [];
    if (quiet !== undefined) this.#nothingSucceeded(check, quiet);
    const [, all] = /\ball ([\d,]+) (?:recovered|resolved)/.exec(text) ?? [];
    if (all !== undefined) this.#allRecovered(check, group, Number(all.replace(/,/g, '')));
  }

  #nothingSucceeded(check: SimulatedCheck, lengthText: string): void {
    this.#options.report.count('lines: nothing has succeeded');
    const since = check.now - secondsOf(lengthText) * 1000;
    for (const [id, { isPresent, excluded, reading }] of this.#options.seen.syncs) {
      const success = reading?.fields.lastSuccess;
      if (isPresent && excluded === undefined && success !== undefined && success > since)
        this.#fail(`"nothing has succeeded for ${lengthText}", and ${id} did`, check);
    }
  }

  #allRecovered(check: SimulatedCheck, group: Group, count: number): void {
    this.#options.report.count('lines: all recovered');
    const covers = coversOf(group);
    if (covers.length !== count) this.#fail(`"all ${count}" of ${covers.length}`, check);
    const key = covers.find(({ cause }) => cause !== undefined)?.cause?.key;
    const here = new Set(covers.map(({ fingerprint }) => fingerprint));
    const { channel, bounds } = this.#options;
    for (const [id, { cause, isOpen, opening }] of channel.announcements) {
      // It counts what was announced before: an opening stands in a line of its own above.
      const wasOpen = isOpen && opening?.by !== check;
      const isStillOpen = cause === key && wasOpen && bounds.alerts[id]?.state === 'firing';
      if (key !== undefined && isStillOpen && !here.has(id))
        this.#fail(`"${textOf(group.head)}" while ${id} is open`, check);
    }
  }

  /** A line about pauses and listings says what is so. */
  #conditionKind(check: SimulatedCheck, { head }: Group): void {
    const text = sentenceOf(head);
    const expected = conditionIn(head);
    // A change of condition may ride on news of its sync, which says it as well; a line about conditions is the end of
    // alerts, and has to say what is so.
    const withNews = new Set(
      head.covers.flatMap(({ reason, fingerprint }) =>
        reason === 'condition' || (reason === 'resolved' && expected !== undefined) ? [] : [fingerprint],
      ),
    );
    const covers = head.covers.filter(
      ({ reason, fingerprint }) => reason === 'condition' && !withNews.has(fingerprint),
    );
    if (covers.length === 0) return;
    if (expected === undefined) {
      this.#fail(`a line that says nothing known: "${text}"`, check);
      return;
    }
    if (expected === 'paused' && head.level !== 'note') this.#fail('a pause is more than a note', check);
    for (const { fingerprint } of covers) {
      const actual = this.#options.conditions.actual(fingerprint);
      const isListedAgain = /listed again/.test(text) && actual === 'paused';
      if (actual !== undefined && actual !== expected && !isListedAgain)
        this.#fail(`${fingerprint}: in "${text.slice(0, 60)}", and it is ${actual}`, check);
    }
  }

  #fail(text: string, check: SimulatedCheck): void {
    this.#options.report.violation(text, check);
  }
}

function groupsOf(items: readonly Item[]): readonly Group[] {
  const groups: { head: Item; items: Item[] }[] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (item.isNested && last !== undefined) last.items.push(item);
    else groups.push({ head: item, items: [item] });
  }
  return groups;
}

function coversOf({ items }: Group): readonly Item['covers'][number][] {
  return items.flatMap(({ covers }) => covers);
}

export function textOf({ title }: Item): string {
  return title.map((span) => ('text' in span ? span.text : '')).join('');
}

/** Our own words about syncs in a title. The names stand after the first colon, each with its last state. */
function sentenceOf({ title }: Item): string {
  const said = title.flatMap((span) => (span.kind === 'strong' || span.kind === 'words' ? [span.text] : []));
  return said.find((part) => /sync/.test(part)) ?? '';
}

/** The condition that a line claims, if it is about conditions. */
function conditionIn(head: Item): 'active' | 'paused' | 'unlisted' | undefined {
  const text = sentenceOf(head);
  if (/before (?:it was|they were) sent/.test(text)) return undefined;
  if (/paused|does not say by whom/.test(text)) return 'paused';
  if (/no longer listed|re-created/.test(text)) return 'unlisted';
  return /resumed|listed again/.test(text) ? 'active' : undefined;
}

/** The cause in a title: "connection pg-main: …"; the line of the whole organisation names none. */
function causeOf({ title, level }: Item): NamedCause | undefined {
  const [first, second] = title;
  if (first === undefined || !('text' in first)) return undefined;
  const [, kind] = /^(connection|connector|knowledge base) $/.exec(first.text) ?? [];
  if (kind !== undefined && second !== undefined && 'text' in second)
    return { kind: kind as NamedCause['kind'], name: second.text };
  const isOfAll = /^(All )?[\d,]+ (of [\d,]+ )?syncs? |^all [\d,]+ /.test(first.text);
  return isOfAll && level !== 'note' ? { kind: 'organisation', name: '' } : undefined;
}

/** "12 m" or "1 h 4 m" in seconds: the least that it can mean. */
function secondsOf(text: string): number {
  let seconds = 0;
  for (const [, amount = '0', unit = 's'] of text.matchAll(/([\d,]+) ([smhd])\b/g))
    seconds += Number(amount.replace(/,/g, '')) * (UNIT_SECONDS[unit] ?? 1);
  return seconds;
}
