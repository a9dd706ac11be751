import { report } from '../lambda/commands/report.ts';
import { renderPlainText } from '../lambda/core/render/plain-text.ts';
import { isPosting } from './command-line.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import type { Run } from './printer.ts';
import { reportSummary } from './summary-line.ts';
import type { Watch } from './watch.ts';

/**
 * Prints the health of every sync, and posts it on `--post`; on `--quiet` it prints nothing while all of them are healthy.
 *
 * @throws SyncAlertsError when the syncs cannot be listed, or Slack does not accept the report.
 */
export async function runReport({ ports, settings }: Watch, { printer, request }: Run): Promise<ExitCode> {
  const reported = await report(ports, settings, isPosting(request));
  if (request.given.has('quiet') && reported.unhealthy.length === 0) return EXIT_CODES.success;
  const { digest, ...fields } = reported;
  printer.json(fields);
  printer.text(
    `${renderPlainText(digest, printer.style)}\n\n${printer.style.faint(reportSummary(reported))}`,
  );
  return EXIT_CODES.success;
}
