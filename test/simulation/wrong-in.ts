import { runSequence, type Sequence, saidOf } from './exhaustive.ts';

/** Runs all of the sequences; the first thing that is wrong in each, with the words that replay it. */
export async function wrongIn(all: readonly Sequence[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const sequence of all) {
    const [first] = (await runSequence(sequence)).violations;
    if (first !== undefined) wrong.push(`${saidOf(sequence)}: ${first}`);
  }
  return wrong;
}
