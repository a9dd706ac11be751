import type { Random } from './random.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How the runs of a sync go for a while. */
type Phase =
  | 'healthy'
  | 'failing'
  | 'no runs'
  | 'long run'
  | 'stopped'
  | 'unknown state'
  | 'no state'
  | 'unreadable';

const PROBLEM_PHASES: readonly Phase[] = [
  'failing',
  'failing',
  'failing',
  'no runs',
  'no runs',
  'long run',
  'stopped',
  'unknown state',
  'no state',
  'unreadable',
];

export interface SyncProperties {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly connection: string;
  readonly knowledgeBase: string;
  readonly intervalSeconds: number;
  /** The probability that its phases last minutes instead of hours: then it flaps. */
  readonly flapChance: number;
  /** How long its first run takes, where that is a load of everything. */
  readonly firstLoadMs?: number;
}

interface SyncOptions {
  readonly properties: SyncProperties;
  readonly createdAt: number;
  /** When the simulation of it begins. */
  readonly now: number;
  readonly random: Random;
  readonly isReachable: (sync: SyncProperties, at: number) => boolean;
}

/** One sync, simulated run by run: random phases, each healthy or with a problem. */
export class SimulatedSync {
  readonly #properties: SyncProperties;
  readonly #random: Random;
  readonly #isReachable: SyncOptions['isReachable'];
  readonly #meanPhaseMs: number;
  /** Its API does not send `disabled_reason`. */
  readonly #isOlderApi: boolean;
  /** It may be disabled, and enabled again. */
  readonly #isToggled: boolean;
  readonly #createdAt: number;
  #phase: Phase = 'healthy';
  #phaseEndsAt: number;
  #nextRun: number;
  #runEndsAt: number | undefined;
  #hasRecovered = false;
  #isDeleted = false;
  #enabled = true;
  #disabledReason: string | null = null;
  #lastState: string | null = null;
  #updatedAt: number;
  #lastRunAt: number | null = null;
  #lastSuccessAt: number | null = null;
  #failures = 0;
  #unknownState = 'quarantined';
  #corruption = 0;

  constructor({ properties, createdAt, now, random, isReachable }: SyncOptions) {
    this.#properties = properties;
    this.#random = random;
    this.#isReachable = isReachable;
    this.#meanPhaseMs = random.chance(properties.flapChance) ? 20 * MINUTE : random.between(4, 30) * HOUR;
    this.#isOlderApi = random.chance(0.15);
    this.#isToggled = random.chance(0.4);
    this.#createdAt = createdAt;
    this.#updatedAt = createdAt;
    this.#phaseEndsAt = now + random.wait(this.#meanPhaseMs);
    this.#nextRun = createdAt + random.between(0, this.#intervalMs);
    if (random.chance(0.1)) this.#phase = random.pick(PROBLEM_PHASES);
    // Only the last runs before `now` can be seen in a record: the earlier ones are skipped.
    this.#nextRun = Math.max(this.#nextRun, now - 4 * this.#intervalMs);
  }

  get isDeleted(): boolean {
    return this.#isDeleted;
  }

  get properties(): SyncProperties {
    return this.#properties;
  }

  delete(): void {
    this.#isDeleted = true;
  }

  /** A person pauses it. */
  pause(at: number): void {
    this.advance(at);
    if (!this.#enabled) return;
    this.#enabled = false;
    this.#disabledReason = this.#random.chance(0.3) ? '' : null;
    this.#updatedAt = at;
  }

  /** A person enables it again. */
  resume(at: number): void {
    this.advance(at);
    if (this.#enabled) return;
    this.#enabled = true;
    this.#disabledReason = null;
    this.#updatedAt = at;
    this.#nextRun = at + this.#random.between(0, this.#intervalMs);
  }

  get #intervalMs(): number {
    return this.#properties.intervalSeconds * 1000;
  }

  /** Starts a run at once; from now on, every run succeeds. */
  recover(now: number): void {
    this.advance(now);
    this.#hasRecovered = true;
    this.#phase = 'healthy';
    this.#phaseEndsAt = Number.POSITIVE_INFINITY;
    this.#enabled = true;
    this.#disabledReason = null;
    this.#runEndsAt = undefined;
    this.#nextRun = now + 1;
    this.#failures = 0;
  }

  /** Simulates all runs and phases until `to`. */
  advance(to: number): void {
    for (;;) {
      const run = this.#runEndsAt ?? this.#nextRun;
      const at = Math.min(run, this.#phaseEndsAt);
      if (at > to) return;
      if (at === this.#phaseEndsAt) this.#changePhase(at);
      else if (this.#runEndsAt !== undefined) this.#endRun(at);
      else this.#startRun(at);
    }
  }

  #changePhase(at: number): void {
    const random = this.#random;
    if (this.#phase === 'healthy') {
      this.#phase = random.pick(PROBLEM_PHASES);
      this.#corruption = random.integer(0, 5);
      this.#unknownState = random.pick(['quarantined', 'error', 'FAILED', 'timeout', 'Crashed']);
      this.#phaseEndsAt = at + random.wait(this.#meanPhaseMs < HOUR ? this.#meanPhaseMs : 2 * HOUR);
      if (this.#isToggled && random.chance(0.3)) this.#enabled = false;
      else if (random.chance(0.04)) this.#isDeleted = true;
    } else {
      this.#phase = 'healthy';
      this.#phaseEndsAt = at + random.wait(this.#meanPhaseMs);
      if (!this.#enabled && random.chance(0.8)) {
        this.#enabled = true;
        this.#disabledReason = null;
        this.#failures = 0;
        this.#nextRun = at + random.between(0, this.#intervalMs);
        if (random.chance(0.5)) this.#updatedAt = at;
      }
    }
    if (random.chance(0.1)) this.#updatedAt = at;
    this.#nextRun = Math.max(this.#nextRun, at);
  }

  #startRun(at: number): void {
    if (!this.#enabled || this.#phase === 'no runs') {
      this.#nextRun = at + this.#intervalMs;
      return;
    }
    this.#lastRunAt = at;
    this.#lastState = 'running';
    const usualMs = Math.min(this.#intervalMs / 3, 2 * MINUTE) * this.#random.between(0.1, 1);
    const { firstLoadMs } = this.#properties;
    const isFirstLoad = firstLoadMs !== undefined && this.#lastSuccessAt === null && this.#failures === 0;
    const longMs = this.#random.between(1, 8) * this.#intervalMs;
    this.#runEndsAt = at + (isFirstLoad ? firstLoadMs : this.#phase === 'long run' ? longMs : usualMs);
  }

  #endRun(at: number): void {
    this.#runEndsAt = undefined;
    // Some runs of a sync that flaps succeed while its connection is down.
    const canConnect =
      this.#hasRecovered ||
      this.#isReachable(this.#properties, at) ||
      this.#random.chance(this.#properties.flapChance / 2);
    const phase = this.#phase === 'healthy' && !canConnect ? 'failing' : this.#phase;
    this.#nextRun = Math.max((this.#lastRunAt ?? at) + this.#intervalMs, at);
    switch (phase) {
      case 'failing':
      case 'unknown state':
        this.#failures += 1;
        this.#lastState = phase === 'failing' ? 'failed' : this.#unknownState;
        this.#nextRun =
          (this.#lastRunAt ?? at) +
          Math.min(this.#intervalMs * 2 ** this.#failures, Math.max(this.#intervalMs, HOUR));
        if (this.#failures >= 10 && this.#random.chance(0.7)) {
          this.#enabled = false;
          this.#disabledReason = 'disabled after 10 failures in a row: connection refused';
        }
        return;
      case 'stopped':
        this.#lastState = this.#random.pick(['stopped', 'Cancelled']);
        return;
      case 'no state':
        this.#lastState = null;
        return;
      default:
        this.#lastState = 'completed';
        this.#lastSuccessAt = at;
        this.#failures = 0;
    }
  }

  /** The record that the API lists at `now`. `offsetMs`: how far the API's clock is ahead. */
  record(now: number, offsetMs: number): Record<string, unknown> {
    this.advance(now);
    const { id, name, connector, connection, knowledgeBase, intervalSeconds } = this.#properties;
    const date = (at: number | null) =>
      at === null ? null : new Date(Math.floor(at) + offsetMs).toISOString();
    const record: Record<string, unknown> = {
      id,
      name,
      connector_id: connector,
      source_kind: 'postgres',
      connection_ref: connection,
      source_schema: 'public',
      source_table: id,
      cursor_column: null,
      kb_uid: knowledgeBase,
      dest_table: name,
      interval_secs: intervalSeconds,
      enabled: this.#enabled,
      has_cursor: this.#lastSuccessAt !== null,
      created_at: date(this.#createdAt),
      updated_at: date(this.#updatedAt),
      last_run_at: date(this.#lastRunAt),
      last_success_at: date(this.#lastSuccessAt),
      last_state: this.#lastState,
      seconds_since_success:
        this.#lastSuccessAt === null ? null : Math.floor((now - Math.floor(this.#lastSuccessAt)) / 1000),
      consecutive_failures: this.#failures,
    };
    if (!this.#isOlderApi) record['disabled_reason'] = this.#enabled ? null : this.#disabledReason;
    if (this.#phase === 'unreadable') corrupt(record, this.#corruption, now);
    return record;
  }
}

/**
 * Makes a record unreadable in one of five ways; `how` is 0 to 4, and 5 takes its schedule. A disabled sync stays readable
 * with a bad date, and 4 removes the id.
 */
export function corrupt(record: Record<string, unknown>, how: number, now: number): void {
  switch (how) {
    case 0:
      record['enabled'] = 'yes';
      return;
    case 1:
      delete record['interval_secs'];
      return;
    case 2:
      record['last_success_at'] = 'yesterday';
      return;
    case 3:
      record['last_success_at'] = new Date(now + HOUR).toISOString();
      return;
    case 4:
      record['id'] = null;
      return;
    default:
      record['interval_secs'] = 0;
  }
}
