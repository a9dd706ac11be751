import type { SyncAlertsError } from '../../../lambda/errors.ts';
import type { CheckEnd, SimulatedCheck } from '../simulated-check.ts';
import type { OracleReport } from './oracle-report.ts';

/** The errors that a check without a fault may fail with: its listing failed, or another check was faster. */
const ALLOWED_ERRORS = ['listing_unreadable', 'listing_empty', 'state_conflict', 'superseded_twice'];

/** A check ends by itself by then (docs/design/delivery-and-state.md, "Time"). */
const MAX_CHECK_MS = 50_000;

/** Checks that a check ended in time, with an allowed error, and counted every repeat. */
export function checkEnd(check: SimulatedCheck, end: CheckEnd, report: OracleReport): void {
  if (end.kind === 'crashed') {
    report.count('checks: crashed');
    return;
  }
  const durationMs = report.now() - check.startedAt;
  if (durationMs > MAX_CHECK_MS) report.violation(`it took ${durationMs} ms, more than 50 s`, check);
  const { outcome } = end;
  report.count(`checks: ${end.kind === 'threw' ? 'failed' : outcome?.kind}`);
  if (outcome?.kind === 'checked') {
    const repeats = check.posts.reduce(
      (sum, post) => sum + (post.result === 'refused' ? 0 : post.repeats),
      0,
    );
    if (repeats > outcome.posts.repeated)
      report.violation(`${repeats} repeats, ${outcome.posts.repeated} counted`, check);
    report.count('repeats', repeats);
    report.count('repeats counted by the checks', outcome.posts.repeated);
  }
  if (end.kind !== 'threw' || check.isFaulty) return;
  const error = end.error as SyncAlertsError;
  const cause = error.cause as SyncAlertsError | undefined;
  if (!ALLOWED_ERRORS.includes(cause?.code ?? error.code))
    report.violation(`failed without a fault: ${error.message}`, check);
}
