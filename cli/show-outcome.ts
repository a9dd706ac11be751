import { CheckFailed, type Outcome } from '../lambda/commands/outcome.ts';

/**
 * Shows the outcome of a check, also of one that failed.
 *
 * @throws what the check threw, once its outcome is shown.
 */
export async function showing(checking: Promise<Outcome>, show: (outcome: Outcome) => void): Promise<void> {
  let outcome: Outcome;
  try {
    outcome = await checking;
  } catch (error) {
    if (error instanceof CheckFailed && error.outcome !== undefined) show(error.outcome);
    throw error;
  }
  show(outcome);
}
