import { check } from '../../lambda/commands/check.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { Clock, onVirtualTime } from './clock.ts';
import { FAULTS, type Fault, faultsOf, type Step } from './faults.ts';
import { LISTINGS, type Listing, recordsOf } from './listings.ts';
import { Oracle } from './oracle/oracle.ts';
import { Random } from './random.ts';
import { checkEndOf, START, settingsFor, TIME_LIMIT_SECONDS } from './run-world.ts';
import { aSimulatedCheck, type SimulatedCheck } from './simulated-check.ts';
import { SimulatedServices } from './simulated-services.ts';
import { Story } from './story.ts';

const MINUTE = 60_000;
const PERIOD_MS = 5 * MINUTE;

/** A fault in one check of a sequence. */
interface InjectedFault {
  /** The check, counted from 0. */
  readonly check: number;
  readonly step: Step;
  readonly fault: Fault;
}

/** Some checks in a row: the listing of each, and the faults. */
export interface Sequence {
  readonly listings: readonly Listing[];
  readonly faults: readonly InjectedFault[];
}

/** Every fault that a check with one message can meet. */
const ALL_FAULTS: readonly Omit<InjectedFault, 'check'>[] = [
  ...(['load', 'list'] as const).flatMap((step) => FAULTS.map((fault) => ({ step, fault }))),
  ...(['save facts', 'post', 'save last'] as const).flatMap((step) =>
    faultsOf(step).map((fault) => ({ step, fault })),
  ),
];

/** Every sequence of `depth` listings: without a fault, with every fault, and with every two of them if `pairs`. */
export function* sequences(depth: number, pairs = false): Generator<Sequence> {
  const everywhere: InjectedFault[] = [];
  for (let check = 0; check < depth; check += 1)
    for (const fault of ALL_FAULTS) everywhere.push({ ...fault, check });
  for (const listings of allListings(depth)) {
    yield { listings, faults: [] };
    for (const [index, fault] of everywhere.entries()) {
      yield { listings, faults: [fault] };
      if (!pairs) continue;
      for (const other of everywhere.slice(index + 1))
        if (other.check > fault.check) yield { listings, faults: [fault, other] };
    }
  }
}

function* allListings(depth: number): Generator<readonly Listing[]> {
  if (depth === 0) {
    yield [];
    return;
  }
  for (const before of allListings(depth - 1)) for (const listing of LISTINGS) yield [...before, listing];
}

const PARSED = parsePolicy({}, PERIOD_MS / 1000);
/** When the healthy checks after a sequence run: the route backs off for an hour at most, and the last checks are quiet. */
const MINUTES_AFTERWARDS = [0, 65, 130, 195, 260] as const;
const QUIET_CHECKS_AFTERWARDS = 2;

interface SequenceResult {
  readonly checks: number;
  readonly violations: readonly string[];
}

/** Runs one sequence and healthy checks after it, and has the oracle verify them. */
export async function runSequence(sequence: Sequence): Promise<SequenceResult> {
  if (!PARSED.ok) throw new Error(PARSED.faults.join());
  const { policy } = PARSED;
  const clock = new Clock(START);
  const oracle = new Oracle(new Story(false), () => clock.now, QUIET_CHECKS_AFTERWARDS);
  let shown: Listing = 'healthy';
  let number = -1;
  const numbers = new Map<SimulatedCheck, number>();
  const services = new SimulatedServices({
    clock,
    random: new Random(1),
    observer: oracle,
    counts: {},
    records: (at) => recordsOf(shown, at),
    faultAt: (step, run) => {
      const index = numbers.get(run);
      const injected = sequence.faults.find((one) => one.check === index && one.step === step);
      if (injected !== undefined) return injected.fault;
      return step === 'list' && shown === 'listing failure' ? 'fails' : undefined;
    },
    latency: () => 2,
  });
  const invoke = async (listing: Listing) => {
    shown = listing;
    number += 1;
    const run = aSimulatedCheck({ id: `${number + 1}`, now: clock.now, policy });
    numbers.set(run, number);
    clock.at(clock.now + TIME_LIMIT_SECONDS * 1000, () => {
      run.dead = true;
    });
    const end = await checkEndOf(check(services.portsFor(run), settingsFor(run)));
    if (!run.dead) oracle.ended(run, end);
  };
  return onVirtualTime(clock, async () => {
    for (const [index, listing] of sequence.listings.entries())
      clock.at(START + index * PERIOD_MS, () => void invoke(listing));
    const end = START + sequence.listings.length * PERIOD_MS;
    for (const minutes of MINUTES_AFTERWARDS) clock.at(end + minutes * MINUTE, () => void invoke('healthy'));
    await clock.run();
    oracle.finished(services.read());
    return { checks: number + 1, violations: oracle.violations };
  });
}

/** Names a sequence in the output. */
export function describeSequence({ listings, faults }: Sequence): string {
  const injected = faults.map(({ check, step, fault }) => `check ${check + 1}: ${step} ${fault}`);
  return [listings.join(', '), ...injected].join('; ');
}
