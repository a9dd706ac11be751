import { type Outcome, outcomeOf } from '../lambda/commands/outcome.ts';

/**
 * Waits for a check and passes its outcome to `show`, also when the check failed but has an outcome. Returns it.
 *
 * @throws whatever the check threw, after `show`.
 */
export async function showOutcome(
  checking: Promise<Outcome>,
  show: (outcome: Outcome) => void,
): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = await checking;
  } catch (error) {
    const failed = outcomeOf(error);
    if (failed !== undefined) show(failed);
    throw error;
  }
  show(outcome);
  return outcome;
}
