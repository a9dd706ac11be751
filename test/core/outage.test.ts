import { playOutage } from './an-outage.ts';

// `npm run outage` walks 300 syncs, minute by minute.
it('a connection that is dead for six hours takes a few messages, from the first look at it to "all are back"', async () => {
  const said = await playOutage({ syncs: 60, everyMinutes: 5, hoursAfter: 26 });
  expect(said.length).toBeLessThanOrEqual(18);
  expect(said[0]?.headline).toContain('connection pg-main: ');
  expect(said.at(-1)?.headline).toMatch(/^\d+ resolved: connection pg-main: all \d+ are back$/);
  for (const { headline } of said) expect(headline).toContain('pg-main');
});
