import type { WatchState } from '../../../lambda/core/state.ts';
import type { CheckRun } from '../history.ts';
import type { ExpectedFacts } from './expected.ts';
import type { Expected } from './expected-alert.ts';
import type { Verdicts } from './verdicts.ts';

const FIELDS = [
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

/** Memory must hold open what is open, and nothing else. */
export function compare(facts: ExpectedFacts, state: WatchState, run: CheckRun, verdicts: Verdicts): void {
  for (const id of new Set([...facts.alerts.keys(), ...Object.keys(state.facts.alerts)])) {
    const expected = facts.alerts.get(id);
    const held = state.facts.alerts[id];
    const is = held?.state === 'ended' || held === undefined ? 'over' : held.state;
    const should = expected?.state === 'firing' || expected?.state === 'pending' ? expected.state : 'over';
    if (held === undefined && state.facts.histories[id] === undefined) {
      if (facts.forget(id, run.now) === 'too soon')
        verdicts.wrong(`${id}: forgotten before its flap window is over`, run);
    }
    // An ended alert that waits to open again may have been forgotten: then it is pending.
    if (is === 'pending' && should === 'over' && expected?.waiting !== undefined) continue;
    if (is !== should) recount(id, facts, run, verdicts);
    const differs = (what: string | undefined, from: string | undefined) =>
      verdicts.wrong(`${id}: memory holds it as ${what}, it is ${from}${detail(expected)}`, run);
    if (is !== should) differs(is, should);
    else if (is === 'firing' && held?.severity !== expected?.severity)
      differs(held?.severity, expected?.severity);
    else if (is === 'firing' && held?.problem !== expected?.problem)
      differs(held?.problem, expected?.problem);
    else if (held?.state === 'ended' && expected?.how !== undefined && held.resolution?.how !== expected.how)
      verdicts.wrong(`${id}: ended as ${held.resolution?.how}, should be ${expected.how}`, run);
    else if (held?.resolution?.how === 'excluded' && held.resolution.reason !== expected?.because)
      verdicts.wrong(
        `${id}: ignored since "${held.resolution.reason}", should be "${expected?.because}"`,
        run,
      );
  }
}

/** What was seen of a sync, for the story. */
function recount(id: string, facts: ExpectedFacts, { listed }: CheckRun, verdicts: Verdicts): void {
  const records = listed?.ok ? (listed.records as readonly Record<string, unknown>[]) : [];
  const seen = records.find((record) => `sync:${record['id']}` === id);
  if (seen === undefined) {
    verdicts.tell(`  seen of ${id}: nothing`);
    return;
  }
  const words = FIELDS.map((field) => `${field} ${String(seen[field])}`).join(', ');
  verdicts.tell(`  seen of ${id}: ${words}; before: ${JSON.stringify(facts.past(id))}`);
}

function detail(expected: Expected | undefined): string {
  if (expected === undefined) return '';
  const { problem, problems, severity, state, firings, isFlapping } = expected;
  return ` [${state}: ${problem} of ${[...problems].join('+')}, ${severity}, ${firings.length} openings${isFlapping ? ', flapping' : ''}]`;
}
