import { NIGHTS, nightNames, readNight } from './night-files.ts';
import { NIGHT_ROUTES } from './play/evidence.ts';
import { playNight } from './play/play-night.ts';
import { messageCount, type PlayedNight } from './play/played-night.ts';

/** Each night lacks one of the neighbouring routes in turn: all nights together lack each of them dozens of times. */
const CASES = nightNames(NIGHTS).map(
  (name, index) => [name, NIGHT_ROUTES[index % NIGHT_ROUTES.length] ?? 'jobs'] as const,
);

describe.each(CASES)('%s', (name, missing) => {
  const night = readNight(NIGHTS, name);
  let played: PlayedNight;
  beforeAll(async () => {
    played = await playNight(night);
  });

  it('sends the same when every check is played: those that the player skips would have sent nothing', async () => {
    const { sent, longestHoldMinutes } = await playNight(night, { isThorough: true });
    expect({ sent, longestHoldMinutes }).toEqual({
      sent: played.sent,
      longestHoldMinutes: played.longestHoldMinutes,
    });
  });

  it.each([
    ['evidence', { evidence: false }],
    [missing, { missingRoutes: [missing] }],
  ] as const)('sends the same at the same times, and stores the same, without %s', async (_, way) => {
    expect(withoutWords(await playNight(night, way))).toEqual(withoutWords(played));
  });
});

/** What was sent when, and what is stored in the end. */
function withoutWords({ sent, longestHoldMinutes, stored }: PlayedNight) {
  return {
    sent: sent.map(({ at, posts, isCritical }) => ({ at, isSent: messageCount({ posts }) > 0, isCritical })),
    longestHoldMinutes,
    // It names the policy, which says whether evidence is asked for.
    stored: JSON.stringify({ ...stored, policyId: undefined }),
  };
}
