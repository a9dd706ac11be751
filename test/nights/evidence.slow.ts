import { NIGHTS, nightNames, readNight } from './night-files.ts';
import { NIGHT_ROUTES } from './play/evidence.ts';
import { type PlayOptions, playNight } from './play/play-night.ts';
import { messageCount } from './play/played-night.ts';

const WAYS: readonly (readonly [string, PlayOptions])[] = [
  ['no evidence', { evidence: false }],
  ...NIGHT_ROUTES.map((route) => [`${route} missing`, { missingRoutes: [route] }] as const),
];

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

describe.each(nightNames(NIGHTS))('%s', (name) => {
  let withAll: Awaited<ReturnType<typeof sentIn>>;
  beforeAll(async () => {
    withAll = await sentIn(name, {});
  });

  it.each(WAYS)('sends the same at the same times, and stores the same, with %s', async (_, options) => {
    expect(await sentIn(name, options)).toEqual(withAll);
  });
});
