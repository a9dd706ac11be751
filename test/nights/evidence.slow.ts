import { NIGHTS, nightNames, readNight } from './night-files.ts';
import { NIGHT_ROUTES } from './play/evidence.ts';
import { type PlayOptions, playNight } from './play/play-night.ts';
import { messageCount } from './play/played-night.ts';

/** Each night lacks the routes in turn: all nights together lack each of them dozens of times. */
const CASES = nightNames(NIGHTS).map(
  (name, index) => [name, NIGHT_ROUTES[index % NIGHT_ROUTES.length] ?? 'jobs'] as const,
);

/** What was sent when, without its words, and what is stored in the end. */
async function sentIn(name: string, options: PlayOptions) {
  const { sent, longestHoldMinutes, stored } = await playNight(readNight(NIGHTS, name), options);
  return {
    sent: sent.map(({ at, posts, isCritical }) => ({ at, isSent: messageCount({ posts }) > 0, isCritical })),
    longestHoldMinutes,
    // It names the policy, which says whether evidence is asked for.
    stored: JSON.stringify({ ...stored, policyId: undefined }),
  };
}

it.each(CASES)(
  '%s sends the same at the same times, and stores the same, without evidence and without %s',
  async (name, missing) => {
    const withAll = await sentIn(name, {});
    const ways: readonly PlayOptions[] = [{ evidence: false }, { missingRoutes: [missing] }];
    for (const way of ways) expect(await sentIn(name, way)).toEqual(withAll);
  },
);
