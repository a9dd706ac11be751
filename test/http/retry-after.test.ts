import { retryAfterMs } from '../../lambda/http/retry-after.ts';

const DATE = 'Tue, 24 Nov 2026 08:00:00 GMT';

describe('the milliseconds of a Retry-After header', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['of 30 s', { 'retry-after': '30' }, 30_000],
    ['of 0 s', { 'retry-after': '0' }, 0],
    ['with white space around it', { 'retry-after': ' 7 ' }, 7000],
    [
      'that is a date, measured by the Date of the response',
      { 'retry-after': 'Tue, 24 Nov 2026 08:00:30 GMT', date: DATE },
      30_000,
    ],
    ['that is the Date of the response', { 'retry-after': DATE, date: DATE }, 0],
    ['before the Date of the response', { 'retry-after': 'Tue, 24 Nov 2026 07:59:59 GMT', date: DATE }, 0],
    ['that is absent', {}, undefined],
    ['that is empty', { 'retry-after': '' }, undefined],
    ['that is a word', { 'retry-after': 'soon' }, undefined],
    // Date.parse reads these as dates in 2001: the request would be retried at once.
    ['of half a second', { 'retry-after': '1.5' }, undefined],
    ['that is negative', { 'retry-after': '-5' }, undefined],
    ['with an impossible date', { 'retry-after': 'Tue, 99 Nov 2026 08:00:00 GMT' }, undefined],
    ['that is absent beside a RateLimit-Reset', { 'ratelimit-reset': '5' }, undefined],
  ])('%s', (_name, headers, expected) => {
    expect(retryAfterMs(new Response(null, { headers }))).toBe(expected);
  });

  it('that is a date, are measured by our clock when the response has no Date', () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const ms = retryAfterMs(new Response(null, { headers: { 'retry-after': inAMinute } }));
    expect(ms).toBeGreaterThan(57_000);
    expect(ms).toBeLessThanOrEqual(60_000);
  });
});
