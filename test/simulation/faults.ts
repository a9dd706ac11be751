import type { Random } from './random.ts';

/** The steps of a check that reach the world. */
export const STEPS = [
  'load',
  'list',
  'remember facts',
  'post',
  'remember post',
  'remember last',
  'remember again',
  'remember overtaken',
] as const;
export type Step = (typeof STEPS)[number];

/**
 * What can go wrong at any step. `before`: it fails, and nothing was done. `after`: it was done, and the answer is lost.
 * `hangs`: no answer before the deadline, and nothing was done; `hangs, done`: no answer, and it was done. `crash before`
 * and `crash after`: the process ends there, and the check never goes on.
 */
export const FAULTS = ['before', 'after', 'hangs', 'hangs, done', 'crash before', 'crash after'] as const;
/** What goes wrong at some steps alone. */
export const OWN_FAULTS = [
  'lands late',
  'asked twice',
  'told to wait',
  'form refused',
  'refused key',
  'malformed',
  'empty',
  'partial',
  'shrunken',
  'half unreadable',
] as const;
export type Fault = (typeof FAULTS)[number] | (typeof OWN_FAULTS)[number];

const OF_WRITES: readonly Fault[] = ['lands late', 'asked twice'];
const OWN: Readonly<Record<Step, readonly Fault[]>> = {
  load: ['asked twice'],
  list: ['refused key', 'malformed', 'empty', 'partial', 'shrunken', 'half unreadable'],
  post: ['told to wait', 'form refused'],
  'remember facts': OF_WRITES,
  'remember post': OF_WRITES,
  'remember last': OF_WRITES,
  'remember again': OF_WRITES,
  'remember overtaken': OF_WRITES,
};

/** Steps that are seldom reached fail more often: one in so many. */
const RARE: Readonly<Partial<Record<Step, number>>> = {
  'remember post': 0.95,
  'remember overtaken': 0.6,
  'remember again': 0.3,
};

export function faultsOf(step: Step): readonly Fault[] {
  return [...FAULTS, ...OWN[step]];
}

/** How often each fault was hit at each step. */
export type Tally = Record<string, number>;

/** What a stretch of time is like: how likely a fault is at each step, and which, when it is always the same. */
export interface Weather {
  readonly name: string;
  readonly chance: number;
  readonly only?: {
    readonly step: 'list' | 'post' | 'save' | 'load';
    readonly chance: number;
    readonly fault?: Fault;
  };
}

export const FINE: Weather = { name: 'fine', chance: 0 };

/** The weather of the next stretch. */
export function weather(random: Random): Weather {
  switch (random.integer(0, 9)) {
    case 0:
    case 1:
      return FINE;
    case 2:
    case 3:
      return { name: 'drizzle', chance: 0.02 };
    case 4:
    case 5:
      return { name: 'storm', chance: 0.2 };
    case 6:
      return { name: 'Slack is down', chance: 0.01, only: { step: 'post', chance: 0.9 } };
    case 7:
      return { name: 'the table is down', chance: 0.01, only: { step: 'save', chance: 0.5 } };
    case 8: {
      const fault = random.pick(faultsOf('list').filter((one) => !one.startsWith('crash')));
      return { name: `listings: ${fault}`, chance: 0.02, only: { step: 'list', chance: 0.8, fault } };
    }
    default:
      return { name: 'everything fails', chance: 0.5 };
  }
}

/** The fault of one step in that weather, if there is to be one. */
export function faultAt(step: Step, { chance, only }: Weather, random: Random): Fault | undefined {
  const isHit = only !== undefined && step.startsWith(only.step);
  const usual = Math.max(chance, RARE[step] ?? 0);
  if (!random.chance(isHit ? only.chance : usual)) return undefined;
  if (isHit && only.fault !== undefined) return only.fault;
  return random.pick(faultsOf(step));
}
