import type { SyncAlertsError } from '../../../lambda/errors.ts';
import type { CheckRun, End } from '../history.ts';
import type { Verdicts } from './verdicts.ts';

/** What a check may fail by though nothing went wrong in it: what it really saw, or that others were at work. */
const HONEST = ['listing_unreadable', 'listing_empty', 'state_conflict', 'superseded_twice'];

/** A check ends itself by then (section 6, "Time"). */
const LONGEST_CHECK_MS = 50_000;

/** How a check ended: in its time, with an honest error, and with every repeat counted. */
export function judgeEnding(run: CheckRun, end: End, verdicts: Verdicts): void {
  if (end.kind === 'died') {
    verdicts.count('checks that died');
    return;
  }
  const durationsMs = verdicts.now() - run.startedAt;
  if (durationsMs > LONGEST_CHECK_MS) verdicts.wrong(`it took ${durationsMs} ms, and may take 50 s`, run);
  const { outcome } = end;
  verdicts.count(`checks: ${end.kind === 'threw' ? 'failed' : outcome?.kind}`);
  if (outcome?.kind === 'checked') {
    const repeats = run.posts.reduce(
      (sum, post) => sum + (post.answered === 'refused' ? 0 : post.repeats),
      0,
    );
    if (repeats > outcome.posts.repeated)
      verdicts.wrong(`${repeats} told again, ${outcome.posts.repeated} counted`, run);
    verdicts.count('told again', repeats);
    verdicts.count('counted as told again', outcome.posts.repeated);
  }
  if (end.kind !== 'threw' || run.faulty) return;
  const error = end.error as SyncAlertsError;
  const cause = error.cause as SyncAlertsError | undefined;
  if (!HONEST.includes(cause?.code ?? error.code))
    verdicts.wrong(`failed though nothing did: ${error.message}`, run);
}
