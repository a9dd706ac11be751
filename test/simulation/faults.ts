import type { Random } from './random.ts';

/** The steps of a check that call a service. `save again` repeats a failed write. */
export const STEPS = [
  'load',
  'list',
  'save facts',
  'post',
  'save post',
  'save last',
  'save again',
  'save superseded',
] as const;
export type Step = (typeof STEPS)[number];

/**
 * The faults of every step:
 * - `fails`: the call fails and has no effect. Of a post: a gateway's page, or a refusal, with the status 200.
 * - `response lost`: the call takes effect and then fails.
 * - `hangs`: no response before the deadline, no effect.
 * - `hangs after effect`: no response before the deadline, but the call took effect.
 * - `crash before`, `crash after`: the process ends before or after the effect.
 */
export const FAULTS = [
  'fails',
  'response lost',
  'hangs',
  'hangs after effect',
  'crash before',
  'crash after',
] as const;

/** The faults that only some steps have. */
type OwnFault =
  | 'applied late'
  | 'sent twice'
  | 'retry-after'
  | 'blocks refused'
  | 'key refused'
  | 'malformed'
  | 'empty'
  | 'partial'
  | 'shrunken'
  | 'half unreadable';
export type Fault = (typeof FAULTS)[number] | OwnFault;

const WRITE_FAULTS: readonly Fault[] = ['applied late', 'sent twice'];
const OWN_FAULTS: Readonly<Record<Step, readonly Fault[]>> = {
  load: ['sent twice'],
  list: ['key refused', 'malformed', 'empty', 'partial', 'shrunken', 'half unreadable'],
  post: ['retry-after', 'blocks refused'],
  'save facts': WRITE_FAULTS,
  'save post': WRITE_FAULTS,
  'save last': WRITE_FAULTS,
  'save again': WRITE_FAULTS,
  'save superseded': WRITE_FAULTS,
};

/** The least probability of a fault at steps that few checks reach. */
const MIN_CHANCE: Readonly<Partial<Record<Step, number>>> = {
  'save post': 0.95,
  'save superseded': 0.6,
  'save again': 0.3,
};

export function faultsOf(step: Step): readonly Fault[] {
  return [...FAULTS, ...OWN_FAULTS[step]];
}

/** How many times each fault was injected, by `step|fault`. */
export type FaultCounts = Record<string, number>;

/** How likely faults are for some hours of a world. */
interface FaultProfile {
  readonly name: string;
  /** The probability of a fault at each step. */
  readonly chance: number;
  /** A service with more faults than the others; `save` means every write. */
  readonly broken?: {
    readonly step: 'list' | 'post' | 'save' | 'load';
    readonly chance: number;
    /** Always this fault; without it, any fault of the step. */
    readonly fault?: Fault;
  };
}

export const NO_FAULTS: FaultProfile = { name: 'no faults', chance: 0 };

export function randomProfile(random: Random): FaultProfile {
  switch (random.integer(0, 9)) {
    case 0:
    case 1:
      return NO_FAULTS;
    case 2:
    case 3:
      return { name: 'few faults', chance: 0.02 };
    case 4:
    case 5:
      return { name: 'many faults', chance: 0.2 };
    case 6:
      return { name: 'Slack is down', chance: 0.01, broken: { step: 'post', chance: 0.9 } };
    case 7:
      return { name: 'the table is down', chance: 0.01, broken: { step: 'save', chance: 0.5 } };
    case 8: {
      const fault = random.pick(faultsOf('list').filter((one) => !one.startsWith('crash')));
      return { name: `listings: ${fault}`, chance: 0.02, broken: { step: 'list', chance: 0.8, fault } };
    }
    default:
      return { name: 'everything fails', chance: 0.5 };
  }
}

/** The fault to inject at this step; undefined for none. */
export function faultAt(step: Step, { chance, broken }: FaultProfile, random: Random): Fault | undefined {
  const isBroken = broken !== undefined && step.startsWith(broken.step);
  const usual = Math.max(chance, MIN_CHANCE[step] ?? 0);
  if (!random.chance(isBroken ? broken.chance : usual)) return undefined;
  if (isBroken && broken.fault !== undefined) return broken.fault;
  return random.pick(faultsOf(step));
}
