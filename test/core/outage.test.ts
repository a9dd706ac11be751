import { playOutage } from './an-outage.ts';

// `npm run outage` plays 300 syncs, minute by minute.
it('a connection that is down for six hours takes at most 18 digests, each of which names it', async () => {
  const digests = await playOutage({ syncs: 60, everyMinutes: 5, hoursAfter: 26 });
  expect(digests.length).toBeLessThanOrEqual(18);
  expect(digests[0]?.headline).toContain('connection pg-main: ');
  expect(digests.at(-1)?.headline).toMatch(/^\d+ resolved: connection pg-main: all \d+ recovered$/);
  for (const { headline } of digests) expect(headline).toContain('pg-main');
});
