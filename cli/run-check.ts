import { check } from '../lambda/commands/check.ts';
import type { Outcome } from '../lambda/commands/outcome.ts';
import { pluralize } from '../lambda/core/digest/wording.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { outcomeText } from './outcome-text.ts';
import type { Run } from './printer.ts';
import { showOutcome } from './show-outcome.ts';
import { leftUndelivered } from './summary-line.ts';
import type { Watch } from './watch.ts';

/**
 * Runs one check and prints its outcome; on `--quiet` only when there is something new to say.
 *
 * @throws CheckFailed after the outcome was printed.
 */
export async function runCheck(watch: Watch, { printer, request }: Run): Promise<ExitCode> {
  const { ports, settings, destination } = watch;
  const { style } = printer;
  const verbose = request.given.has('verbose');
  const { destinations } = settings.policy;
  const outcome = await showOutcome(check(ports, settings), (shown) => {
    if (request.given.has('quiet') && !hasNews(shown)) return;
    printer.json(shown);
    printer.text(outcomeText(shown, { style, destination, destinations, verbose }));
  });
  if (outcome.kind !== 'checked' || !leftUndelivered(outcome)) return EXIT_CODES.success;
  const { count, since } = outcome.undelivered;
  printer.complaint(`${pluralize(count, 'notification')} undelivered since ${since}: ${WHY_UNDELIVERED}`);
  return EXIT_CODES.failure;
}

const WHY_UNDELIVERED = 'nothing is posted for a while after a post failed; a later check delivers';

/** Whether a check has anything to say that an earlier one did not. */
function hasNews(outcome: Outcome): boolean {
  if (outcome.kind !== 'checked') return false;
  return outcome.digests.length > 0 || outcome.undelivered.count > 0 || outcome.clockSkew !== undefined;
}
