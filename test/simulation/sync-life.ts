import type { Random } from './random.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How the runs of a sync go for a while. */
type Mood = 'well' | 'failing' | 'no runs' | 'long run' | 'stopped' | 'odd word' | 'no state' | 'unreadable';

const TROUBLES: readonly Mood[] = [
  'failing',
  'failing',
  'failing',
  'no runs',
  'no runs',
  'long run',
  'stopped',
  'odd word',
  'no state',
  'unreadable',
];

/** Whether the connection can be reached at a moment. */
export type Reachable = (connection: string, at: number) => boolean;

export interface Place {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly connection: string;
  readonly knowledgeBase: string;
  readonly intervalSeconds: number;
  /** How likely it is to be nervous, and to flap. */
  readonly nervous: number;
}

/** One sync and its random life, run by run. */
export class SyncLife {
  readonly place: Place;
  deleted = false;
  readonly #random: Random;
  readonly #reachable: Reachable;
  readonly #nervous: number;
  readonly #older: boolean;
  #mood: Mood = 'well';
  #moodUntil: number;
  #nextRun: number;
  #runEndsAt: number | undefined;
  #healed = false;
  enabled = true;
  reason: string | null = null;
  #state: string | null = null;
  readonly #createdAt: number;
  #updatedAt: number;
  #lastRunAt: number | null = null;
  #lastSuccessAt: number | null = null;
  #failures = 0;
  #oddWord = 'quarantined';
  #corruption = 0;
  readonly #pauses: boolean;

  constructor(place: Place, createdAt: number, now: number, random: Random, reachable: Reachable) {
    this.place = place;
    this.#random = random;
    this.#reachable = reachable;
    // Some are nervous and flap, most are steady.
    this.#nervous = random.chance(place.nervous) ? 20 * MINUTE : random.between(4, 30) * HOUR;
    this.#older = random.chance(0.15);
    this.#pauses = random.chance(0.4);
    this.#createdAt = createdAt;
    this.#updatedAt = createdAt;
    this.#moodUntil = now + random.wait(this.#nervous);
    this.#nextRun = createdAt + random.between(0, this.#intervalMs);
    if (random.chance(0.1)) this.#mood = random.pick(TROUBLES);
    // Runs long past are skipped: only the last few say anything.
    this.#nextRun = Math.max(this.#nextRun, now - 4 * this.#intervalMs);
  }

  get #intervalMs(): number {
    return this.place.intervalSeconds * 1000;
  }

  /** From now on all goes well, and quickly. */
  heal(now: number): void {
    this.advance(now);
    this.#healed = true;
    this.#mood = 'well';
    this.#moodUntil = Number.POSITIVE_INFINITY;
    this.enabled = true;
    this.reason = null;
    this.#runEndsAt = undefined;
    this.#nextRun = now + 1;
    this.#failures = 0;
  }

  advance(to: number): void {
    for (;;) {
      const run = this.#runEndsAt ?? this.#nextRun;
      const at = Math.min(run, this.#moodUntil);
      if (at > to) return;
      if (at === this.#moodUntil) this.#changeMood(at);
      else if (this.#runEndsAt !== undefined) this.#endRun(at);
      else this.#startRun(at);
    }
  }

  #changeMood(at: number): void {
    const random = this.#random;
    if (this.#mood === 'well') {
      this.#mood = random.pick(TROUBLES);
      this.#corruption = random.integer(0, 4);
      this.#oddWord = random.pick(['quarantined', 'error', 'FAILED', 'timeout', 'Crashed']);
      this.#moodUntil = at + random.wait(this.#nervous < HOUR ? this.#nervous : 2 * HOUR);
      if (this.#pauses && random.chance(0.3)) this.enabled = false;
      else if (random.chance(0.04)) this.deleted = true;
    } else {
      this.#mood = 'well';
      this.#moodUntil = at + random.wait(this.#nervous);
      if (!this.enabled && random.chance(0.8)) {
        this.enabled = true;
        this.reason = null;
        this.#failures = 0;
        this.#nextRun = at + random.between(0, this.#intervalMs);
        if (random.chance(0.5)) this.#updatedAt = at;
      }
    }
    if (random.chance(0.1)) this.#updatedAt = at;
    this.#nextRun = Math.max(this.#nextRun, at);
  }

  #startRun(at: number): void {
    if (!this.enabled || this.#mood === 'no runs') {
      this.#nextRun = at + this.#intervalMs;
      return;
    }
    this.#lastRunAt = at;
    this.#state = 'running';
    const usual = Math.min(this.#intervalMs / 3, 2 * MINUTE) * this.#random.between(0.1, 1);
    this.#runEndsAt =
      at + (this.#mood === 'long run' ? this.#random.between(1, 8) * this.#intervalMs : usual);
  }

  #endRun(at: number): void {
    this.#runEndsAt = undefined;
    // Of a nervous place some runs get through, whatever is wrong with the connection.
    const getsThrough =
      this.#healed ||
      this.#reachable(this.place.connection, at) ||
      this.#random.chance(this.place.nervous / 2);
    const mood = this.#mood === 'well' && !getsThrough ? 'failing' : this.#mood;
    this.#nextRun = Math.max((this.#lastRunAt ?? at) + this.#intervalMs, at);
    switch (mood) {
      case 'failing':
      case 'odd word':
        this.#failures += 1;
        this.#state = mood === 'failing' ? 'failed' : this.#oddWord;
        this.#nextRun =
          (this.#lastRunAt ?? at) +
          Math.min(this.#intervalMs * 2 ** this.#failures, Math.max(this.#intervalMs, HOUR));
        if (this.#failures >= 10 && this.#random.chance(0.7)) {
          this.enabled = false;
          this.reason = 'disabled after 10 failures in a row: connection refused';
        }
        return;
      case 'stopped':
        this.#state = this.#random.pick(['stopped', 'Cancelled']);
        return;
      case 'no state':
        this.#state = null;
        return;
      default:
        this.#state = 'completed';
        this.#lastSuccessAt = at;
        this.#failures = 0;
    }
  }

  /** As the API lists it at `now`; its clock may be off. */
  record(now: number, offsetMs: number): Record<string, unknown> {
    this.advance(now);
    const date = (at: number | null) =>
      at === null ? null : new Date(Math.floor(at) + offsetMs).toISOString();
    const record: Record<string, unknown> = {
      id: this.place.id,
      name: this.place.name,
      connector_id: this.place.connector,
      source_kind: 'postgres',
      connection_ref: this.place.connection,
      source_schema: 'public',
      source_table: this.place.id,
      cursor_column: null,
      kb_uid: this.place.knowledgeBase,
      dest_table: this.place.name,
      interval_secs: this.place.intervalSeconds,
      enabled: this.enabled,
      has_cursor: this.#lastSuccessAt !== null,
      created_at: date(this.#createdAt),
      updated_at: date(this.#updatedAt),
      last_run_at: date(this.#lastRunAt),
      last_success_at: date(this.#lastSuccessAt),
      last_state: this.#state,
      seconds_since_success:
        this.#lastSuccessAt === null ? null : Math.floor((now - Math.floor(this.#lastSuccessAt)) / 1000),
      consecutive_failures: this.#failures,
    };
    if (!this.#older) record['disabled_reason'] = this.enabled ? null : this.reason;
    if (this.#mood === 'unreadable') corrupt(record, this.#corruption, now);
    return record;
  }
}

/** A record that cannot be judged, unless it is disabled and only its date cannot be read; or one without an id. */
export function corrupt(record: Record<string, unknown>, how: number, now: number): void {
  switch (how) {
    case 0:
      record['enabled'] = 'yes';
      return;
    case 1:
      record['interval_secs'] = 0;
      return;
    case 2:
      record['last_success_at'] = 'yesterday';
      return;
    case 3:
      record['last_success_at'] = new Date(now + HOUR).toISOString();
      return;
    default:
      record['id'] = null;
  }
}
