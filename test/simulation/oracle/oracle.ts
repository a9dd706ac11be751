import type { Memory } from '../../../lambda/core/memory.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import type { SyncAlertsError } from '../../../lambda/errors.ts';
import type { Recalled } from '../../../lambda/memory/memory-store.ts';
import type { CheckRun, End, Post, Watcher } from '../history.ts';
import type { Story } from '../story.ts';
import { type Expected, ExpectedFacts } from './expected.ts';
import { type Heard, kindOf, type Noted, nothingTold, owed, settle, type Told, tell } from './told.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CLAIM_MS = 90_000;
const CLOCK_SLACK_MS = 60_000;
/** A route waits an hour at most; then all that nothing holds back is told at the next check. */
const LONGEST_WAIT_MS = 75 * MINUTE;
/** What is gathered is told two hours after its cause was told last, at the latest. */
const LONGEST_GATHERING_MS = 2 * HOUR + 15 * MINUTE;
/** So many checks at the end of a calm world say nothing and write nothing. */
const QUIET_CHECKS = 5;

/**
 * Judges a world by what it did and by what Slack really has, from sections 3 to 7 of the design alone: it shares no
 * code with `diagnose`, `track` or `announce`. Of memory it reads what a stranger could: which alerts are open, the
 * claim, and what is noted as in doubt.
 */
export class Oracle implements Watcher {
  readonly violations: string[] = [];
  readonly figures: Record<string, number> = {};
  readonly #policy: Policy;
  readonly #alone: ReadonlySet<string>;
  readonly #story: Story;
  readonly #now: () => number;
  readonly #facts: ExpectedFacts;
  readonly #told = new Map<string, Told>();
  #memory: Memory | undefined;
  #version = 0;
  #notedBefore = new Map<string, Noted>();
  #factsWritten = '';
  readonly #said = new WeakMap<Post, Map<string, Heard>>();
  readonly #hasWritten = new WeakSet<CheckRun>();
  #hinderedAt: number;
  #reminded: Post | undefined;
  /** When last a check told of all that was open: a reminder had nothing to add. */
  #givenAt = Number.NEGATIVE_INFINITY;
  #remindedAt = Number.NEGATIVE_INFINITY;
  #quietChecks = 0;
  readonly #leastQuiet: number;

  /**
   * @param alone Alerts that share nothing with any other, so that nothing of them is ever gathered.
   * @param now The true time.
   * @param leastQuiet So many checks at the end say nothing and write nothing.
   */
  constructor(
    policy: Policy,
    alone: ReadonlySet<string>,
    story: Story,
    now: () => number,
    leastQuiet = QUIET_CHECKS,
  ) {
    this.#leastQuiet = leastQuiet;
    this.#policy = policy;
    this.#alone = alone;
    this.#story = story;
    this.#now = now;
    this.#hinderedAt = now();
    this.#facts = new ExpectedFacts(policy);
  }

  committed(run: CheckRun, memory: Memory, version: number): void {
    const before = this.#memory;
    this.#memory = memory;
    this.#version = version;
    this.#quietChecks = 0;
    this.#count('writes');
    this.#checkClaim(run, memory, before);
    const facts = JSON.stringify(memory.facts);
    const isOvertaken = memory.overtaken > (before?.overtaken ?? 0);
    if (this.#hasWritten.has(run) || isOvertaken) {
      if (before !== undefined && facts !== this.#factsWritten)
        this.#wrong('facts changed by a write that brings none', run);
      this.#settle(run);
      return;
    }
    this.#factsWritten = facts;
    this.#hasWritten.add(run);
    const ahead = before?.listedAt ?? null;
    const { listed } = run;
    if (listed === undefined) {
      this.#wrong('facts without a listing', run);
      return;
    }
    if (ahead !== null && ahead > listed.requestedAt && ahead - run.now <= CLOCK_SLACK_MS)
      this.#wrong('a listing older than the one remembered was accepted', run);
    this.#notedBefore = new Map(
      Object.entries(before?.routes['default']?.tellings ?? {}).map(([id, { noted }]) => [id, noted?.what]),
    );
    this.#look(run);
    for (const [id, noted] of this.#notedBefore) {
      if (noted === 'closing' && this.#facts.alerts.get(id)?.state === 'firing')
        this.#tellingOf(id).isClosingCounted = true;
    }
    this.#compare(run, memory);
  }

  posting(post: Post): void {
    const { by } = post;
    this.#count('posts');
    this.#quietChecks = 0;
    if (this.#memory?.claim?.by !== by.id) this.#wrong('a post without a claim', by);
    const tellings = this.#memory?.routes['default']?.tellings ?? {};
    for (const { fingerprint, reason } of post.tells) {
      const kind = kindOf(reason);
      if (kind !== 'reminder' && tellings[fingerprint]?.noted?.what !== kind)
        this.#wrong(`a post of ${fingerprint} that was not noted before`, by);
    }
  }

  delivered(post: Post): void {
    const { by, tells } = post;
    this.#count('accepted by Slack');
    this.#story.at(
      this.#now(),
      `  Slack has, from check ${by.id}: ${tells.map(({ fingerprint, reason, cause }) => `${reason} ${fingerprint}${cause === undefined ? '' : ` (${cause})`}`).join(', ')}`,
    );
    const words = JSON.stringify(post.message.blocks);
    const isBlind =
      by.listed !== undefined && this.#facts.isBlind({ listed: by.listed, now: by.now, isFirst: false });
    let isReminder = false;
    const said = new Map<string, Heard>();
    this.#said.set(post, said);
    for (const one of tells) {
      const { fingerprint, reason, listed, cause } = one;
      const told = this.#tellingOf(fingerprint);
      const facts = this.#facts.alerts.get(fingerprint);
      this.#count(`told: ${reason}`);
      const { fault, repeats } = tell(told, one, post, facts, this.#notedBefore.get(fingerprint));
      if (fault !== undefined) this.#wrong(`${fingerprint}: ${fault}`, by);
      if (facts !== undefined) {
        const severity = reason === 'escalated' ? 'critical' : facts.severity;
        said.set(fingerprint, { severity, problems: new Set([facts.problem]), at: by.now });
      }
      if (repeats) post.repeats += 1;
      const kind = kindOf(reason);
      if (kind === 'reminder') {
        isReminder = true;
        if (isBlind && fingerprint.startsWith('sync:'))
          this.#wrong(`${fingerprint}: reminded while blind`, by);
      } else told.doubt[kind] = true;
      if (
        listed &&
        cause === undefined &&
        fingerprint.startsWith('sync:') &&
        !words.includes(fingerprint.slice(5))
      )
        this.#wrong(`${fingerprint}: told without its name`, by);
    }
    const saidByIt = new Set(by.posts.flatMap((one) => one.tells.map(({ fingerprint }) => fingerprint)));
    if (this.#openAndNotPaused().every(({ id }) => saidByIt.has(id))) this.#givenAt = by.now;
    if (isReminder) this.#checkReminder(post);
    this.#weigh();
  }

  answered(post: Post): void {
    this.#story.at(this.#now(), `  check ${post.by.id} hears from Slack: ${post.answered}`);
  }

  hindered(_run: CheckRun): void {
    this.#hinderedAt = this.#now();
  }

  ended(run: CheckRun, end: End): void {
    if (end.kind === 'died') {
      this.#count('checks that died');
      this.#hinderedAt = this.#now();
      return;
    }
    const { outcome } = end;
    this.#count(`checks: ${end.kind === 'threw' ? 'failed' : outcome?.kind}`);
    if (outcome?.kind === 'checked') {
      const repeats = run.posts.reduce(
        (sum, post) => sum + (post.answered === 'refused' ? 0 : post.repeats),
        0,
      );
      if (repeats > outcome.posts.repeated)
        this.#wrong(`${repeats} told again, ${outcome.posts.repeated} counted`, run);
      this.#count('told again', repeats);
      this.#count('counted as told again', outcome.posts.repeated);
    }
    if (end.kind === 'threw') this.#checkError(run, end.error as SyncAlertsError);
    if (outcome?.kind !== 'checked' || run.writes > 0) {
      if (outcome?.kind === 'checked' && !run.faulty) this.#checkTimeliness(run);
      return;
    }
    if (run.listed !== undefined && run.recalledVersion === this.#version) {
      // Nothing due and nothing changed: the look stands all the same.
      this.#look(run);
      if (this.#memory !== undefined) this.#compare(run, this.#memory);
      this.#quietChecks += 1;
      this.#checkTimeliness(run);
    }
  }

  /** The function was killed at its time limit, with the check still at work. */
  killed(run: CheckRun): void {
    this.#wrong('it did not end by itself', run);
  }

  calm(now: number): void {
    this.#story.at(now, 'all heals');
  }

  finished({ memory }: Recalled): void {
    for (const [id, told] of this.#told) {
      const what = owed(told, this.#facts.alerts.get(id));
      if (what !== undefined) this.#wrong(`${id}: lost: its ${what} was never told`);
    }
    for (const [id, { state }] of this.#facts.alerts) {
      if (state === 'firing' || state === 'pending')
        this.#wrong(`${id}: ${state} in a world where all is well`);
    }
    for (const [id, { state }] of Object.entries(memory.facts.alerts))
      if (state !== 'ended') this.#wrong(`${id}: memory holds it as ${state} in a world where all is well`);
    for (const [id, { dueSince, noted }] of Object.entries(memory.routes['default']?.tellings ?? {}))
      if (dueSince !== undefined || noted !== undefined)
        this.#wrong(`${id}: still due in a world where all is well`);
    if (memory.claim !== undefined && memory.claim.until < this.#now())
      this.#wrong('a claim was never released');
    if (this.#quietChecks < this.#leastQuiet)
      this.#wrong(`not quiet: ${this.#quietChecks} checks since the last post or write`);
  }

  #look(run: CheckRun): void {
    const { listed, now, settledBefore } = run;
    if (listed === undefined) return;
    const before = new Map([...this.#facts.alerts].map(([id, { opened }]) => [id, opened]));
    this.#facts.apply({ listed, now, isFirst: settledBefore !== true });
    for (const [id, { opened }] of this.#facts.alerts) {
      if (opened <= (before.get(id) ?? 0)) continue;
      this.#count('openings');
      const told = this.#tellingOf(id);
      if (!told.isOpen) told.isUntold = true;
    }
    this.#weigh();
  }

  /** Memory must hold open what is open, and nothing else. */
  #compare(run: CheckRun, memory: Memory): void {
    for (const id of new Set([...this.#facts.alerts.keys(), ...Object.keys(memory.facts.alerts)])) {
      const expected = this.#facts.alerts.get(id);
      const held = memory.facts.alerts[id];
      const is = held?.state === 'ended' || held === undefined ? 'over' : held.state;
      const should = expected?.state === 'firing' || expected?.state === 'pending' ? expected.state : 'over';
      // An ended alert that waits to open again may have been forgotten: then it is pending.
      if (is === 'pending' && should === 'over' && expected?.waiting !== undefined) continue;
      if (is !== should) this.#recount(id, run);
      if (is !== should)
        this.#wrong(`${id}: memory holds it as ${is}, it is ${should}${detail(expected)}`, run);
      else if (is === 'firing' && held?.severity !== expected?.severity)
        this.#wrong(
          `${id}: memory holds it as ${held?.severity}, it is ${expected?.severity}${detail(expected)}`,
          run,
        );
      else if (is === 'firing' && held?.problem !== expected?.problem)
        this.#wrong(
          `${id}: memory holds it as ${held?.problem}, it is ${expected?.problem}${detail(expected)}`,
          run,
        );
      else if (held?.state === 'ended' && expected?.how !== undefined && held.ended?.how !== expected.how)
        this.#wrong(`${id}: ended as ${held.ended?.how}, should be ${expected.how}`, run);
    }
  }

  /** What was seen of a sync, for the story. */
  #recount(id: string, { listed }: CheckRun): void {
    const records = listed?.ok ? (listed.records as readonly Record<string, unknown>[]) : [];
    const seen = records.find((record) => `sync:${record['id']}` === id);
    if (seen === undefined) {
      this.#story.at(this.#now(), `  seen of ${id}: nothing`);
      return;
    }
    const fields = [
      'interval_secs',
      'enabled',
      'disabled_reason',
      'last_state',
      'last_run_at',
      'last_success_at',
      'seconds_since_success',
      'consecutive_failures',
      'updated_at',
    ];
    const words = fields.map((field) => `${field} ${String(seen[field])}`).join(', ');
    this.#story.at(this.#now(), `  seen of ${id}: ${words}; before: ${JSON.stringify(this.#facts.past(id))}`);
  }

  #checkClaim(run: CheckRun, { claim }: Memory, before: Memory | undefined): void {
    const other = before?.claim;
    if (
      other !== undefined &&
      other.by !== run.id &&
      other.until > run.now &&
      other.until - run.now <= CLAIM_MS + CLOCK_SLACK_MS
    )
      this.#wrong(`a write while check ${other.by} holds the claim`, run);
    if (claim !== undefined && (claim.by !== run.id || claim.until !== run.now + CLAIM_MS))
      this.#wrong('a claim that is not its own, or beyond its time', run);
  }

  /** What came of the posts of this check is remembered by its next write. */
  #settle(run: CheckRun): void {
    for (const post of run.posts) {
      if (post.certain || post.answered !== 'accepted') continue;
      post.certain = true;
      for (const { fingerprint, reason } of post.tells)
        if (reason !== 'reminder') {
          const said = this.#said.get(post)?.get(fingerprint);
          const told = this.#tellingOf(fingerprint);
          if (reason === 'closing' || said === undefined)
            told.doubt = { announcement: false, closing: false };
          else settle(told, said, reason !== 'escalated' && reason !== 'changed');
        }
    }
  }

  #checkReminder(post: Post): void {
    const { now } = post.by;
    if (![...this.#facts.alerts.values()].some(({ state, isPaused }) => state === 'firing' && !isPaused))
      this.#wrong('a reminder for paused syncs alone', post.by);
    if (!post.endsReminder) return;
    const { repeatEverySeconds, periodSeconds } = this.#policy;
    const isRepeat = this.#reminded !== undefined && !this.#reminded.certain;
    const leastMs = (repeatEverySeconds - periodSeconds / 2) * 1000;
    if (isRepeat) post.repeats += 1;
    else if (now - this.#remindedAt < leastMs) this.#wrong('reminded too soon', post.by);
    this.#reminded = post;
    this.#remindedAt = now;
  }

  /** Without a fault of ours a check fails only by what it really saw, or since others were at work. */
  #checkError(run: CheckRun, error: SyncAlertsError): void {
    if (run.faulty) return;
    const cause = error.cause as SyncAlertsError | undefined;
    const code = cause?.code ?? error.code;
    if (!['listing_unreadable', 'listing_empty', 'memory_conflict', 'overtaken_twice'].includes(code))
      this.#wrong(`failed though nothing did: ${error.message}`, run);
  }

  /** Once nothing has gone wrong for long, nothing waits but what is gathered, and that not for long. */
  #checkTimeliness(run: CheckRun): void {
    const now = this.#now();
    const fineForMs = now - this.#hinderedAt;
    if (fineForMs < LONGEST_WAIT_MS) return;
    this.#count('checks judged for delay');
    for (const [id, { owedSince }] of this.#told) {
      if (owedSince === undefined) continue;
      const isAlone = this.#alone.has(id) || !id.startsWith('sync:');
      const isLate =
        isAlone ||
        (now - owedSince > LONGEST_GATHERING_MS && fineForMs > LONGEST_GATHERING_MS + LONGEST_WAIT_MS);
      if (isLate)
        this.#wrong(
          `${id}: owed since ${new Date(owedSince).toISOString()} and not told, though nothing is in the way`,
          run,
        );
    }
    const { listed } = run;
    if (listed === undefined) return;
    const isBlind = this.#facts.isBlind({ listed, now: run.now, isFirst: false });
    const open = this.#openAndNotPaused().filter(({ id }) => !isBlind || id === 'listing');
    const oldest = Math.min(...open.map(({ since }) => since));
    const ofOldest = open.filter(({ since }) => since === oldest).map(({ told }) => told.at);
    const toldAt = Math.max(this.#remindedAt, this.#givenAt, ...ofOldest);
    const sinceMs = run.now - toldAt;
    const mostMs = (this.#policy.repeatEverySeconds + this.#policy.periodSeconds) * 1000;
    if (open.length > 0 && sinceMs > mostMs && fineForMs > LONGEST_GATHERING_MS)
      this.#wrong(`no reminder for ${Math.round(sinceMs / MINUTE)} minutes`, run);
  }

  #openAndNotPaused(): readonly { readonly id: string; readonly since: number; readonly told: Told }[] {
    return [...this.#facts.alerts].flatMap(([id, { state, isPaused, since }]) =>
      state === 'firing' && !isPaused ? [{ id, since, told: this.#tellingOf(id) }] : [],
    );
  }

  #tellingOf(id: string): Told {
    const told = this.#told.get(id) ?? nothingTold();
    this.#told.set(id, told);
    return told;
  }

  /** Notes since when something is owed. */
  #weigh(): void {
    for (const [id, told] of this.#told) {
      if (owed(told, this.#facts.alerts.get(id)) === undefined) told.owedSince = undefined;
      else told.owedSince ??= this.#now();
    }
  }

  #wrong(words: string, run?: CheckRun): void {
    const line = run === undefined ? words : `${words} (check ${run.id})`;
    this.violations.push(`${new Date(this.#now()).toISOString().slice(5, 19)} ${line}`);
    this.#story.at(this.#now(), `  WRONG: ${line}`);
  }

  #count(what: string, by = 1): void {
    this.figures[what] = (this.figures[what] ?? 0) + by;
  }
}

function detail(expected: Expected | undefined): string {
  if (expected === undefined) return '';
  const { problem, problems, severity, state, openings, isFlapping } = expected;
  return ` [${state}: ${problem} of ${[...problems].join('+')}, ${severity}, ${openings.length} openings${isFlapping ? ', flapping' : ''}]`;
}
