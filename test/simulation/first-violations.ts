import { describeSequence, runSequence, type Sequence } from './sequences.ts';

/** Runs all these sequences. Returns the first violation of each that has one, with the name of the sequence. */
export async function firstViolations(all: readonly Sequence[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const sequence of all) {
    const [first] = (await runSequence(sequence)).violations;
    if (first !== undefined) found.push(`${describeSequence(sequence)}: ${first}`);
  }
  return found;
}
