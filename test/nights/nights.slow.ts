import { NIGHTS, nightNames, readNight } from './night-files.ts';
import { playNight } from './play/play-night.ts';

/** The checks that the player skips would have sent nothing. */
it.each(nightNames(NIGHTS))('%s sends the same when every check is played', async (name) => {
  const night = readNight(NIGHTS, name);
  const thorough = await playNight(night, { isThorough: true });
  const { sent, longestHoldMinutes } = await playNight(night);
  expect({ sent, longestHoldMinutes }).toEqual({
    sent: thorough.sent,
    longestHoldMinutes: thorough.longestHoldMinutes,
  });
});
