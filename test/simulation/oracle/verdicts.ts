import type { CheckRun } from '../history.ts';
import type { Story } from '../story.ts';

/** What was found wrong in a world, and what was counted in it. */
export class Verdicts {
  readonly violations: string[] = [];
  readonly figures: Record<string, number> = {};
  readonly story: Story;
  /** The true time. */
  readonly now: () => number;

  constructor(story: Story, now: () => number) {
    this.story = story;
    this.now = now;
  }

  wrong(words: string, run?: CheckRun): void {
    const line = run === undefined ? words : `${words} (check ${run.id})`;
    this.violations.push(`${new Date(this.now()).toISOString().slice(5, 19)} ${line}`);
    this.tell(`  WRONG: ${line}`);
  }

  tell(words: string): void {
    this.story.at(this.now(), words);
  }

  count(what: string, by = 1): void {
    this.figures[what] = (this.figures[what] ?? 0) + by;
  }
}
