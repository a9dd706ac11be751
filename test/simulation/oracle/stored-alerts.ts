import type { WatchState } from '../../../lambda/core/state.ts';
import type { SimulatedCheck } from '../simulated-check.ts';
import type { ExpectedAlert } from './expected-alert.ts';
import type { ExpectedFacts } from './expected-facts.ts';
import type { OracleReport } from './oracle-report.ts';

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

/** Compares the stored alerts with the expected ones. */
export class StoredAlerts {
  readonly #facts: ExpectedFacts;
  readonly #report: OracleReport;

  constructor(facts: ExpectedFacts, report: OracleReport) {
    this.#facts = facts;
    this.#report = report;
  }

  compare(state: WatchState, check: SimulatedCheck): void {
    const ids = new Set([...this.#facts.alerts.keys(), ...Object.keys(state.facts.alerts)]);
    for (const id of ids) {
      if (state.facts.alerts[id] === undefined && state.facts.histories[id] === undefined) {
        if (this.#facts.forget(id, check.now) === 'too soon')
          this.#report.violation(`${id}: forgotten within its flap window`, check);
      }
      this.#compareAlert(id, state, check);
    }
  }

  #compareAlert(id: string, state: WatchState, check: SimulatedCheck): void {
    const expected = this.#facts.alerts.get(id);
    const stored = state.facts.alerts[id];
    const storedState = stored?.state === 'ended' || stored === undefined ? 'ended' : stored.state;
    const expectedState =
      expected?.state === 'firing' || expected?.state === 'pending' ? expected.state : 'ended';
    // An ended alert with a new problem may have been forgotten: then it is a pending one.
    if (storedState === 'pending' && expectedState === 'ended' && expected?.pending !== undefined) return;
    if (storedState !== expectedState) this.#logRecord(id, check);
    const differs = (is: string | undefined, should: string | undefined) =>
      this.#report.violation(`${id}: stored as ${is}, expected ${should}${detail(expected)}`, check);
    if (storedState !== expectedState) differs(storedState, expectedState);
    else if (storedState === 'firing' && stored?.severity !== expected?.severity)
      differs(stored?.severity, expected?.severity);
    else if (storedState === 'firing' && stored?.problem !== expected?.problem)
      differs(stored?.problem, expected?.problem);
    else if (
      stored?.state === 'ended' &&
      expected?.resolution !== undefined &&
      stored.resolution?.how !== expected.resolution
    )
      differs(stored.resolution?.how, expected.resolution);
    else if (stored?.resolution?.how === 'excluded' && stored.resolution.reason !== expected?.exclusionReason)
      this.#report.violation(
        `${id}: excluded for "${stored.resolution.reason}", expected "${expected?.exclusionReason}"`,
        check,
      );
  }

  /** Adds the record of a sync to the story. */
  #logRecord(id: string, { listed }: SimulatedCheck): void {
    const records = listed?.ok ? listed.records : [];
    const record = records.find((one) => `sync:${one['id']}` === id);
    if (record === undefined) {
      this.#report.log(`  no record of ${id}`);
      return;
    }
    const fields = FIELDS.map((field) => `${field} ${String(record[field])}`).join(', ');
    this.#report.log(`  record of ${id}: ${fields}; past: ${JSON.stringify(this.#facts.past(id))}`);
  }
}

function detail(expected: ExpectedAlert | undefined): string {
  if (expected === undefined) return '';
  const { problem, problems, severity, state, firings, isFlapping } = expected;
  const times = `${firings.length} firings${isFlapping ? ', flapping' : ''}`;
  return ` [${state}: ${problem} of ${[...problems].join('+')}, ${severity}, ${times}]`;
}
