import { nightNames, readNight, WALKS } from './night-files.ts';
import { disappointments } from './play/judge.ts';
import { playNight } from './play/play-night.ts';
import { messageCount } from './play/played-night.ts';

/**
 * Histories that were walked through minute by minute when the rules were made. Each may take at most the messages that were
 * planned then, or says in a comment why it takes more.
 */
describe('the messages of', () => {
  const counts: string[] = [];

  it.each(nightNames(WALKS))('%s are no more than planned', async (name) => {
    const night = readNight(WALKS, name);
    const played = await playNight(night);
    const count = played.sent.reduce((sum, one) => sum + messageCount(one), 0);
    counts.push(`${String(count).padStart(4)}  ${name}, longest hold ${played.longestHoldMinutes} m`);
    expect(disappointments(night, played)).toEqual([]);
  });

  afterAll(() => process.stdout.write(`${counts.join('\n')}\n`));
});
