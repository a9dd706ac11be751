import { retryAfterMs } from '../../lambda/http/retry-after.ts';

const DATE = 'Tue, 24 Nov 2026 08:00:00 GMT';

describe('what Retry-After asks for', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['no seconds', { 'retry-after': '0' }, 0],
    ['seconds with space around them', { 'retry-after': ' 7 ' }, 7000],
    [
      'a date, by the clock of the answer',
      { 'retry-after': 'Tue, 24 Nov 2026 08:00:30 GMT', date: DATE },
      30_000,
    ],
    ['the date of the answer', { 'retry-after': DATE, date: DATE }, 0],
    ['a date before that of the answer', { 'retry-after': 'Tue, 24 Nov 2026 07:59:59 GMT', date: DATE }, 0],
    ['nothing', {}, undefined],
    ['an empty header', { 'retry-after': '' }, undefined],
    ['a word', { 'retry-after': 'soon' }, undefined],
    // Date.parse takes these for dates in 2001: they would be retried at once.
    ['half a second', { 'retry-after': '1.5' }, undefined],
    ['less than nothing', { 'retry-after': '-5' }, undefined],
    ['a date that is none', { 'retry-after': 'Tue, 99 Nov 2026 08:00:00 GMT' }, undefined],
    ['RateLimit-Reset alone', { 'ratelimit-reset': '5' }, undefined],
  ])('%s', (_name, headers, expected) => {
    expect(retryAfterMs(new Response(null, { headers }))).toBe(expected);
  });

  it('is measured by our clock when the answer has no date', () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const ms = retryAfterMs(new Response(null, { headers: { 'retry-after': inAMinute } }));
    expect(ms).toBeGreaterThan(57_000);
    expect(ms).toBeLessThanOrEqual(60_000);
  });
});
