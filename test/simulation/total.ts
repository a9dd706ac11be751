import { type Fault, type FaultCounts, faultsOf, STEPS } from './faults.ts';
import type { Progress } from './worker.ts';

const PROGRESS_MS = 5000;

/** The sum of what all workers report. */
export class Total {
  readonly #wanted: number | undefined;
  readonly #counts: FaultCounts = {};
  readonly #figures: Record<string, number> = {};
  readonly #startedAt = performance.now();
  #shownAt = this.#startedAt;
  #checks = 0;
  #runs = 0;
  #minSyncs = Number.POSITIVE_INFINITY;
  #longestSeconds = 0;
  violations = 0;

  /** @param wanted How many checks to run; undefined for sequences, which are all run. */
  constructor(wanted: number | undefined) {
    this.#wanted = wanted;
  }

  add({ checks, runs, minSyncs, longestSeconds, violations, counts, figures }: Progress): void {
    this.#checks += checks;
    this.#runs += runs;
    this.#minSyncs = Math.min(this.#minSyncs, minSyncs);
    this.#longestSeconds = Math.max(this.#longestSeconds, longestSeconds);
    this.violations += violations.length;
    for (const line of violations) process.stderr.write(`VIOLATION ${line}\n`);
    addTo(this.#counts, counts);
    addTo(this.#figures, figures);
    if (performance.now() - this.#shownAt >= PROGRESS_MS) this.showProgress();
  }

  showProgress(): void {
    this.#shownAt = performance.now();
    const seconds = (this.#shownAt - this.#startedAt) / 1000;
    const of = this.#wanted === undefined ? '' : ` of ${formatted(this.#wanted)}`;
    process.stderr.write(
      `${formatted(this.#checks)}${of} checks in ${formatted(this.#runs)} ${this.#noun}, ${this.violations} with a violation, ${seconds.toFixed(0)} s\n`,
    );
  }

  report(): string {
    const size = this.#wanted === undefined ? '' : ` of at least ${this.#minSyncs} syncs`;
    const sum = `${formatted(this.#checks)} checks, ${formatted(this.#runs)} ${this.#noun}${size}, ${this.violations} with a violation`;
    if (this.#wanted === undefined) return sum;
    const longest = `longest check: ${this.#longestSeconds.toFixed(1)} s of 60`;
    return `${tableOf(this.#counts)}\n\n${listOf(this.#figures)}\n${longest}\n\n${sum}`;
  }

  get #noun(): string {
    return this.#wanted === undefined ? 'sequences' : 'worlds';
  }
}

function addTo(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(more)) sum[key] = (sum[key] ?? 0) + count;
}

/** A Markdown table: one row for each fault, one column for each step. */
function tableOf(counts: FaultCounts): string {
  const faults = [...new Set(STEPS.flatMap(faultsOf))];
  const cell = (step: (typeof STEPS)[number], fault: Fault) =>
    faultsOf(step).includes(fault) ? formatted(counts[`${step}|${fault}`] ?? 0) : '–';
  const head = `| fault | ${STEPS.join(' | ')} |\n|---|${STEPS.map(() => '---:|').join('')}`;
  const rows = faults.map((fault) => `| ${fault} | ${STEPS.map((step) => cell(step, fault)).join(' | ')} |`);
  return [head, ...rows].join('\n');
}

function listOf(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([figure, count]) => `${figure}: ${formatted(count)}`)
    .join('\n');
}

function formatted(count: number): string {
  return count.toLocaleString('en-US');
}
