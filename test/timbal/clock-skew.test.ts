import { answers, type Behaviour, closeLocalServers, localServer } from '../http/local-server.ts';
import { list, NOW } from './a-listing.ts';

afterEach(closeLocalServers);

const DAY = 86_400;
const BODY = '{"syncs":[]}';

/** The date of a header, so many seconds after `NOW`. */
function date(seconds: number): string {
  return new Date(NOW + seconds * 1000).toUTCString();
}

async function skewOf(behaviours: readonly Behaviour[], now: () => number = () => NOW): Promise<unknown> {
  const listed = await list(await localServer(...behaviours), { now });
  expect(listed.ok).toBe(true);
  return listed.ok ? listed.apiSkewSeconds : 'no listing';
}

describe("the skew of the API's clock", () => {
  it.each([
    [0, undefined],
    [59, undefined],
    [60, undefined],
    [61, 61],
    [-60, undefined],
    [-61, -61],
    [3 * 3600, 10_800],
    [7 * DAY - 1, 604_799],
    [7 * DAY, undefined],
    [-7 * DAY + 1, -604_799],
    [-7 * DAY, undefined],
  ])('with a `Date` %d s from our time is %p', async (seconds, skew) => {
    expect(await skewOf([answers(200, BODY, { date: date(seconds) })])).toBe(skew);
  });

  it.each([
    ['without a `Date`', {}],
    ['with a `Date` that is none', { date: 'yesterday' }],
    ['with a `Date` in another form', { date: new Date(NOW + 3_600_000).toISOString() }],
    ['from a cache', { date: date(3600), age: '1' }],
    ['with an `Age` that is none', { date: date(3600), age: '-' }],
  ])('of a response %s is not known', async (_, headers) => {
    expect(await skewOf([answers(200, BODY, headers)])).toBeUndefined();
  });

  it('is known from a response that a cache only passed on', async () => {
    expect(await skewOf([answers(200, BODY, { date: date(3600), age: '0' })])).toBe(3600);
  });

  it.each([
    ['before the request', -70, -70],
    ['at the request', 0, undefined],
    ['while it waits', 45, undefined],
    ['at the headers', 90, undefined],
    ['after the headers', 160, 70],
  ])('counts from the time of the exchange, which took 90 s: a `Date` %s', async (_, seconds, skew) => {
    // The clock is read for the listing, before the request, and at the headers.
    const times = [0, 0, 90];
    const now = () => NOW + (times.shift() ?? 90) * 1000;
    expect(await skewOf([answers(200, BODY, { date: date(seconds) })], now)).toBe(skew);
  });

  it('is that of the last attempt at the first page', async () => {
    const page = (token: string, seconds: number) =>
      answers(200, `{"syncs":[],"next_page_token":"${token}"}`, { date: date(seconds) });
    const behaviours = [answers(503, '', { date: date(900) }), page('2', 120), page('', 600)];
    expect(await skewOf(behaviours)).toBe(120);
  });
});
