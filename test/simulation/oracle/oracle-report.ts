import type { SimulatedCheck } from '../simulated-check.ts';
import type { Story } from '../story.ts';

/** The violations that the oracle found in a world, and its counts. */
export class OracleReport {
  readonly violations: string[] = [];
  readonly figures: Record<string, number> = {};
  /** The true time. */
  readonly now: () => number;
  readonly #story: Story;

  constructor(story: Story, now: () => number) {
    this.#story = story;
    this.now = now;
  }

  violation(text: string, check?: SimulatedCheck): void {
    const line = check === undefined ? text : `${text} (check ${check.id})`;
    this.violations.push(`${new Date(this.now()).toISOString().slice(5, 19)} ${line}`);
    this.log(`  VIOLATION: ${line}`);
  }

  /** Adds a line to the story. */
  log(text: string): void {
    this.#story.add(this.now(), text);
  }

  count(figure: string, by = 1): void {
    this.figures[figure] = (this.figures[figure] ?? 0) + by;
  }
}
