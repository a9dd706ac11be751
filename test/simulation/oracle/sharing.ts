import type { Coverage } from '../../../lambda/core/notify/coverage.ts';
import type { CheckRun } from '../history.ts';
import type { ExpectedFacts } from './expected.ts';
import type { NotifiedCauses } from './notified-causes.ts';
import type { Places } from './sections.ts';
import type { Verdicts } from './verdicts.ts';

const FEWEST = 3;

/** Which alerts a digest must tell under which shared cause: section 5, and ADR 0005. */
export class Sharing {
  readonly #facts: ExpectedFacts;
  readonly #places: Places;
  readonly #causes: NotifiedCauses;
  readonly #verdicts: Verdicts;
  /** As it was before the posts of the check that looked last. */
  #toldBefore = new Map<string, string>();

  constructor(facts: ExpectedFacts, places: Places, causes: NotifiedCauses, verdicts: Verdicts) {
    this.#facts = facts;
    this.#places = places;
    this.#causes = causes;
    this.#verdicts = verdicts;
  }

  /** After the look of a check, before it posts. */
  evaluation(): void {
    this.#toldBefore.clear();
    if (this.#causes.all.size === 0) return;
    for (const id of this.#facts.alerts.keys()) {
      const cause = this.#causes.of(id);
      if (cause !== undefined) this.#toldBefore.set(id, cause);
    }
  }

  /** Once all messages of a check were posted. */
  judge(run: CheckRun): void {
    const sections = new Map<string, Coverage[]>();
    for (const { covers } of run.posts)
      for (const one of covers) {
        const section = this.#sectionOf(one);
        sections.set(section, [...(sections.get(section) ?? []), one]);
      }
    for (const covers of sections.values()) {
      const should = this.#causesFor(covers, run);
      for (const { fingerprint, cause, reason } of covers) {
        const expected = should.get(fingerprint);
        if (cause === expected) continue;
        this.#verdicts.wrong(
          `${fingerprint}: ${reason} told with ${cause ?? 'no cause'}, should be with ${expected ?? 'none'}`,
          run,
        );
      }
    }
  }

  #causesFor(covers: readonly Coverage[], run: CheckRun): ReadonlyMap<string, string> {
    const causes = new Map<string, string>();
    const left = new Set<string>();
    for (const { fingerprint: id } of covers) {
      if (!id.startsWith('sync:') || this.#facts.alerts.get(id)?.isPaused !== false) continue;
      const told = this.#toldBefore.get(id);
      if (told === undefined) left.add(id);
      else causes.set(id, told);
    }
    if (left.size < FEWEST || run.listed?.ok !== true) return causes;
    if (this.#facts.isBlind({ listed: run.listed, now: run.now, policy: run.policy, isFirst: false }))
      return causes;
    for (;;) {
      const best = this.#best(left, run);
      if (best === undefined) return causes;
      for (const id of best.explains) {
        causes.set(id, best.key);
        left.delete(id);
      }
    }
  }

  #best(left: ReadonlySet<string>, run: CheckRun) {
    const explains = new Map<string, string[]>();
    for (const id of left)
      for (const key of this.#places.causesOf(id)) explains.set(key, [...(explains.get(key) ?? []), id]);
    return [...explains]
      .filter(([key, ids]) => ids.length >= FEWEST && this.#isHalf(key, ids, run))
      .map(([key, ids]) => ({ key, explains: ids }))
      .sort(
        (one, other) => other.explains.length - one.explains.length || rank(one.key) - rank(other.key),
      )[0];
  }

  /**
   * Whether at least half are affected: where it is over, of all that share it; where it goes on, of those that had a
   * chance to speak, which are the affected and those that are well and succeeded since the trouble of most began.
   */
  #isHalf(key: string, ids: readonly string[], run: CheckRun): boolean {
    const affected = new Set(ids);
    for (const [id, { state, isPaused }] of this.#facts.alerts)
      if (state === 'firing' && !isPaused && this.#places.causesOf(id).includes(key)) affected.add(id);
    const sharing = new Map<string, Record<string, unknown>>();
    for (const [id, record] of this.#facts.tally) {
      const alert = this.#facts.alerts.get(id);
      const isOpen = alert?.state === 'firing' || alert?.state === 'pending';
      // One that cannot be read is not known to be paused.
      const isUnreadable = isOpen && alert.problem === 'unreadable';
      const isPaused = !isUnreadable && record['enabled'] === false && record['disabled_reason'] === null;
      if (!isPaused && this.#places.causesOf(id).includes(key)) sharing.set(id, record);
    }
    if (affected.size * 2 >= sharing.size) return true;
    if (ids.some((id) => this.#facts.alerts.get(id)?.state !== 'firing')) return false;
    const began = [...affected].map((id) => this.#beganAt(id, sharing.get(id)));
    const troubleMs = run.now - median(began);
    let against = 0;
    for (const [id, record] of sharing) {
      const alert = this.#facts.alerts.get(id);
      const isIll =
        alert?.state === 'firing' || alert?.waiting !== undefined || this.#facts.illIgnored.has(id);
      if (!isIll && !affected.has(id) && sinceSuccess(record, run.now) < troubleMs) against += 1;
    }
    return affected.size >= against;
  }

  /** When its trouble began: no later than the run that failed, nor, where none ever started, than the sync itself. */
  #beganAt(id: string, record: Record<string, unknown> | undefined): number {
    const since = this.#facts.alerts.get(id)?.since ?? Number.POSITIVE_INFINITY;
    const started = Date.parse(String(record?.['last_run_at'] ?? record?.['created_at']));
    return Number.isNaN(started) ? since : Math.min(since, started);
  }

  #sectionOf({ fingerprint, reason }: Coverage): string {
    switch (reason) {
      case 'resolved':
        return this.#facts.alerts.get(fingerprint)?.how === 'resolved' ? 'resolved' : 'unlisted';
      case 'resolved_undelivered':
      case 'resolved_in_group':
      case 'reminder':
        return reason;
      default:
        return this.#facts.alerts.get(fingerprint)?.problem === 'unreadable' ? 'not judged' : 'open';
    }
  }
}

function rank(key: string): number {
  return ['connection', 'connector', 'kb'].indexOf(key.split(':')[0] ?? '');
}

/** In milliseconds; endless, where there was none. */
function sinceSuccess(record: Record<string, unknown>, now: number): number {
  const at = Date.parse(String(record['last_success_at']));
  const seconds = record['seconds_since_success'];
  const ages = [
    ...(Number.isNaN(at) ? [] : [now - at]),
    ...(typeof seconds === 'number' ? [seconds * 1000] : []),
  ];
  return ages.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ages);
}

/** Of two in the middle the earlier. */
function median(of: readonly number[]): number {
  return of.toSorted((one, other) => one - other)[(of.length - 1) >> 1] ?? 0;
}
