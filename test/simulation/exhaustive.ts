import { check } from '../../lambda/commands/check.ts';
import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { parsePolicy } from '../../lambda/core/policy.ts';
import { Clock, onVirtualTime } from './clock.ts';
import { FAULTS, type Fault, faultsOf, type Step, type Tally } from './faults.ts';
import type { CheckRun, End } from './history.ts';
import { Oracle } from './oracle/oracle.ts';
import { Random } from './random.ts';
import { type Check, START } from './run-world.ts';
import { Stage } from './stage.ts';
import { Story } from './story.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PERIOD_MS = 5 * MINUTE;
const KILLED_AFTER_SECONDS = 60;

/** What one look at the only sync that matters can show. */
export const LOOKS = [
  'problem',
  'worse',
  'another problem',
  'inconclusive',
  'healthy',
  'absent',
  'listing_failed',
  'disabled',
  'enabled again',
] as const;
export type SmallLook = (typeof LOOKS)[number];

/** What goes wrong in one check of a sequence. */
export interface Mishap {
  /** The check, counted from 0. */
  readonly check: number;
  readonly step: Step;
  readonly fault: Fault;
}

/** Every mishap that one check of one message can meet. */
export const MISHAPS: readonly Omit<Mishap, 'check'>[] = [
  ...FAULTS.map((fault) => ({ step: 'load' as const, fault })),
  ...FAULTS.map((fault) => ({ step: 'list' as const, fault })),
  ...(['remember facts', 'post', 'remember last'] as const).flatMap((step) =>
    faultsOf(step).map((fault) => ({ step, fault })),
  ),
];

export interface Sequence {
  readonly looks: readonly SmallLook[];
  readonly mishaps: readonly Mishap[];
}

/** Every sequence of `depth` looks, without a mishap and with every one, and with every pair of them if `pairs`. */
export function* sequences(depth: number, pairs = false): Generator<Sequence> {
  const everywhere: Mishap[] = [];
  for (let check = 0; check < depth; check += 1)
    for (const mishap of MISHAPS) everywhere.push({ ...mishap, check });
  for (const looks of allLooks(depth)) {
    yield { looks, mishaps: [] };
    for (const [index, mishap] of everywhere.entries()) {
      yield { looks, mishaps: [mishap] };
      if (!pairs) continue;
      for (const other of everywhere.slice(index + 1))
        if (other.check > mishap.check) yield { looks, mishaps: [mishap, other] };
    }
  }
}

function* allLooks(depth: number): Generator<readonly SmallLook[]> {
  if (depth === 0) {
    yield [];
    return;
  }
  for (const before of allLooks(depth - 1)) for (const evaluation of LOOKS) yield [...before, evaluation];
}

const PARSED = parsePolicy({}, PERIOD_MS / 1000);
/** The route waits an hour at most; then it is told, and then it is quiet. */
const AFTERWARDS = [0, 65, 130, 195, 260] as const;
const QUIET_AFTERWARDS = 2;

export interface SmallOptions {
  readonly check?: Check;
  readonly tally?: Tally;
  readonly covers?: boolean;
}

/** Runs one sequence, then health until it is quiet, and has it judged. */
export async function runSequence(
  sequence: Sequence,
  { check: checked = check, tally = {}, covers = false }: SmallOptions = {},
): Promise<{
  readonly checks: number;
  readonly violations: readonly string[];
  readonly story: readonly string[];
}> {
  if (!PARSED.ok) throw new Error(PARSED.faults.join());
  const { policy } = PARSED;
  const clock = new Clock(START);
  const story = new Story(covers);
  const oracle = new Oracle(story, () => clock.now, QUIET_AFTERWARDS);
  let shown: SmallLook = 'healthy';
  let number = -1;
  const numbers = new Map<CheckRun, number>();
  const stage = new Stage({
    clock,
    random: new Random(1),
    watcher: oracle,
    tally,
    records: (at) => recordsOf(shown, at),
    faultAt: (step, run) => {
      const index = numbers.get(run);
      const mishap = sequence.mishaps.find((one) => one.check === index && one.step === step);
      if (mishap !== undefined) return mishap.fault;
      return step === 'list' && shown === 'listing_failed' ? 'before' : undefined;
    },
    latency: () => 2,
  });
  const invoke = async () => {
    number += 1;
    const run: CheckRun = {
      id: `${number + 1}`,
      now: clock.now,
      startedAt: clock.now,
      policy,
      dead: false,
      writes: 0,
      wrote: false,
      lastWriteFailed: false,
      faulty: false,
      posts: [],
    };
    numbers.set(run, number);
    story.at(clock.now, `check ${run.id} sees: ${shown}`);
    let end: End;
    const origin = { environment: 'small', organisation: 'acme', moreHint: 'npm start -- --json' };
    const settings = {
      policy,
      origin,
      checkId: run.id,
      remainingSeconds: KILLED_AFTER_SECONDS,
      dryRun: false,
    };
    clock.at(clock.now + KILLED_AFTER_SECONDS * 1000, () => {
      run.dead = true;
    });
    try {
      end = { kind: 'returned', outcome: await checked(stage.portsFor(run), settings) };
    } catch (error) {
      end = { kind: 'threw', error, outcome: error instanceof CheckFailed ? error.outcome : undefined };
    }
    if (!run.dead) oracle.ended(run, end);
  };
  return onVirtualTime(clock, async () => {
    for (const [index, evaluation] of sequence.looks.entries()) {
      clock.at(START + index * PERIOD_MS, () => {
        shown = evaluation;
        void invoke();
      });
    }
    const end = START + sequence.looks.length * PERIOD_MS;
    for (const minutes of AFTERWARDS) {
      clock.at(end + minutes * MINUTE, () => {
        shown = 'healthy';
        void invoke();
      });
    }
    await clock.run();
    oracle.finished(stage.read());
    return { checks: number + 1, violations: oracle.violations, story: story.lines };
  });
}

const LAST_SUCCESS = START - 25 * MINUTE;

function recordsOf(evaluation: SmallLook, at: number): readonly Record<string, unknown>[] {
  const other = recordOf('other', at - MINUTE, at, { last_state: 'completed' });
  const orders = ordersAs(evaluation, at);
  return orders === undefined ? [other] : [orders, other];
}

function ordersAs(evaluation: SmallLook, at: number): Record<string, unknown> | undefined {
  switch (evaluation) {
    case 'problem':
      return recordOf('orders', LAST_SUCCESS, at, {
        last_state: 'failed',
        last_run_at: date(START - 10 * MINUTE),
      });
    case 'worse':
      return recordOf('orders', START - 20 * HOUR, at, {
        last_state: 'failed',
        last_run_at: date(START - 10 * MINUTE),
      });
    case 'another problem':
      return recordOf('orders', START - 2 * HOUR, at, { last_state: 'completed' });
    case 'inconclusive':
      return recordOf('orders', LAST_SUCCESS, at, { last_state: 'running', last_run_at: date(at - MINUTE) });
    case 'disabled':
      return recordOf('orders', LAST_SUCCESS, at, {
        last_state: 'failed',
        enabled: false,
        disabled_reason: 'ten failures',
      });
    case 'enabled again':
      return recordOf('orders', LAST_SUCCESS, at, { last_state: 'failed', enabled: true });
    case 'healthy':
      return recordOf('orders', at - MINUTE, at, { last_state: 'completed' });
    default:
      return undefined;
  }
}

function recordOf(
  id: string,
  lastSuccess: number,
  at: number,
  overrides: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    id,
    name: id,
    connector_id: `connector-of-${id}`,
    source_kind: 'postgres',
    connection_ref: `connection-of-${id}`,
    source_schema: 'public',
    source_table: id,
    cursor_column: null,
    kb_uid: `kb-of-${id}`,
    dest_table: id,
    interval_secs: 900,
    enabled: true,
    disabled_reason: null,
    has_cursor: true,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    last_run_at: date(lastSuccess),
    last_success_at: date(lastSuccess),
    seconds_since_success: Math.floor((at - lastSuccess) / 1000),
    consecutive_failures: 0,
    ...overrides,
  };
}

function date(at: number): string {
  return new Date(at).toISOString();
}

/** The sequence in words: what replays it. */
export function saidOf({ looks, mishaps }: Sequence): string {
  const faults = mishaps.map(({ check, step, fault }) => `check ${check + 1}: ${step} ${fault}`);
  return `${looks.join(', ')}${faults.length === 0 ? '' : `; ${faults.join('; ')}`}`;
}
