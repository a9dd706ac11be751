import { playOutage } from './an-outage.ts';

// `npm run outage` plays 300 syncs, minute by minute.
it('a connection that is down for six hours takes at most 15 messages, and all but the first are about the connection', async () => {
  const digests = await playOutage({ syncs: 60, everyMinutes: 5, hoursAfter: 26 });
  const messages = digests.reduce((sum, digest) => sum + digest.messages, 0);
  expect(messages).toBeLessThanOrEqual(15);
  // Five minutes in, the failing syncs are less than a tenth of the connection: each stands for itself.
  const [first, ...others] = digests;
  expect(first?.headline).not.toContain('connection pg-main: ');
  expect(first?.text).toContain('connection pg-main');
  for (const { headline } of others) expect(headline).toContain('connection pg-main: ');
  expect(digests.at(-1)?.headline).toMatch(
    /^\d+ recovered: connection pg-main: the last \d+ recovered, all 60 of its syncs are healthy$/,
  );
});
