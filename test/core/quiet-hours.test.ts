import * as v from 'valibot';
import { quietHours } from '../../lambda/core/parse/parse-quiet-hours.ts';
import { areQuiet, type QuietHours, quietUntil } from '../../lambda/core/quiet-hours.ts';

const hoursOf = (written: object): QuietHours => v.parse(quietHours, { zone: 'Europe/Berlin', ...written });
const NIGHT = hoursOf({ from: '22:00', to: '07:00' });
const iso = (instant: number) => new Date(instant).toISOString().slice(0, 16);

describe('quiet hours', () => {
  it.each([
    // 2026-11-24 is a Tuesday; Berlin is an hour ahead of UTC.
    ['a minute before their start', '2026-11-24T20:59Z', false],
    ['at their start', '2026-11-24T21:00Z', true],
    ['at midnight', '2026-11-24T23:00Z', true],
    ['in their last minute', '2026-11-25T05:59:59Z', true],
    ['at their end', '2026-11-25T06:00Z', false],
    ['at noon', '2026-11-25T11:00Z', false],
  ])('over midnight, %s', (_, at, quiet) => expect(areQuiet(NIGHT, Date.parse(at))).toBe(quiet));

  const WORK = hoursOf({ from: '09:00', to: '17:00', days: ['mon', 'wed'] });
  it.each([
    ['in the hours of a day of theirs', '2026-11-25T08:00Z', true],
    ['a minute before', '2026-11-25T07:59Z', false],
    ['at their end', '2026-11-25T16:00Z', false],
    ['in the same hours of another day', '2026-11-24T10:00Z', false],
  ])('of some weekdays, %s', (_, at, quiet) => expect(areQuiet(WORK, Date.parse(at))).toBe(quiet));

  const FRIDAY_NIGHT = hoursOf({ from: '22:00', to: '07:00', days: ['fri'] });
  it.each([
    ['Friday evening', '2026-11-27T22:00Z', true],
    ['Saturday morning, which belongs to Friday', '2026-11-28T05:00Z', true],
    ['Friday morning, which belongs to Thursday', '2026-11-27T05:00Z', false],
    ['Saturday evening', '2026-11-28T22:00Z', false],
  ])('belong to the day on which they begin: %s', (_, at, quiet) => {
    expect(areQuiet(FRIDAY_NIGHT, Date.parse(at))).toBe(quiet);
  });

  it.each([
    // 2026-11-28 is a Saturday.
    ['of Saturday in the first hours of Sunday', 'sat', '2026-11-29T05:00Z', true],
    ['of Sunday in the first hours of Sunday', 'sun', '2026-11-29T05:00Z', false],
    ['of Sunday in the first hours of Monday', 'sun', '2026-11-30T05:00Z', true],
    ['of Monday in the first hours of Monday', 'mon', '2026-11-30T05:00Z', false],
  ])('are right where a week ends: the night %s', (_, day, at, quiet) => {
    expect(areQuiet(hoursOf({ from: '22:00', to: '07:00', days: [day] }), Date.parse(at))).toBe(quiet);
  });

  it.each(['europe/berlin', 'EUROPE/BERLIN'])('follow the clocks of a zone in any case: %s', (zone) => {
    const night = hoursOf({ zone, from: '22:00', to: '07:00' });
    const at = Date.parse('2026-11-24T21:00Z');
    expect([areQuiet(night, at - 1000), areQuiet(night, at)]).toEqual([false, true]);
  });

  const WEEKEND = hoursOf({ from: '00:00', to: '24:00', days: ['sat', 'sun'] });
  it.each([
    ['the last minute of Friday', '2026-11-27T22:59Z', false],
    ['the first minute of Saturday', '2026-11-27T23:00Z', true],
    ['midnight between its days', '2026-11-28T23:00Z', true],
    ['the last minute of Sunday', '2026-11-29T22:59Z', true],
    ['the first minute of Monday', '2026-11-29T23:00Z', false],
  ])('of a whole weekend, %s', (_, at, quiet) => expect(areQuiet(WEEKEND, Date.parse(at))).toBe(quiet));

  describe('when the clocks change', () => {
    // In Berlin 02:00 becomes 03:00 on 2026-03-29, and 03:00 becomes 02:00 on 2026-10-25.
    it.each([
      ['in spring, before', '2026-03-29T00:59Z', true],
      ['in spring, an hour before the end by the clocks', '2026-03-29T04:00Z', true],
      ['in spring, at the end by the clocks', '2026-03-29T05:00Z', false],
      ['in autumn, at the end of the day before', '2026-10-25T05:00Z', true],
      ['in autumn, at the end by the clocks', '2026-10-25T06:00Z', false],
    ])('end by the clocks: %s', (_, at, quiet) => expect(areQuiet(NIGHT, Date.parse(at))).toBe(quiet));

    const SKIPPED = hoursOf({ from: '02:15', to: '02:45' });
    it('do not happen where the clocks skip them, and happen twice where they repeat', () => {
      const minutes = (from: string) =>
        Array.from({ length: 240 }, (_, index) => Date.parse(from) + index * 60_000);
      const count = (from: string) => minutes(from).filter((at) => areQuiet(SKIPPED, at)).length;
      expect([count('2026-03-29T00:00Z'), count('2026-10-25T00:00Z'), count('2026-10-26T00:00Z')]).toEqual([
        0, 60, 30,
      ]);
    });
  });

  it.each([
    ['Asia/Kolkata', '2026-11-24T16:30Z'],
    ['America/New_York', '2026-11-25T03:00Z'],
    ['Pacific/Auckland', '2026-11-24T09:00Z'],
    ['UTC', '2026-11-24T22:00Z'],
  ])('begin by the clocks of %s', (zone, at) => {
    const night = hoursOf({ zone, from: '22:00', to: '07:00' });
    expect([areQuiet(night, Date.parse(at) - 1000), areQuiet(night, Date.parse(at))]).toEqual([false, true]);
  });
});

describe('the end of quiet hours', () => {
  const NIGHTS_AND_WEEKENDS = [NIGHT, hoursOf({ from: '00:00', to: '24:00', days: ['sat', 'sun'] })];

  it.each([
    ['an evening', [NIGHT], '2026-11-24T21:00:30Z', '2026-11-25T06:00'],
    ['a morning', [NIGHT], '2026-11-25T05:59:30Z', '2026-11-25T06:00'],
    ['a Friday night before a quiet weekend', NIGHTS_AND_WEEKENDS, '2026-11-27T22:00Z', '2026-11-30T06:00'],
    ['the night in which spring begins', [NIGHT], '2026-03-28T22:00Z', '2026-03-29T05:00'],
    ['the night in which winter time begins', [NIGHT], '2026-10-24T21:00Z', '2026-10-25T06:00'],
    [
      'a whole day',
      [hoursOf({ from: '00:00', to: '24:00', days: ['tue'] })],
      '2026-11-23T23:00Z',
      '2026-11-24T23:00',
    ],
    [
      'hours that end in a skipped hour',
      [hoursOf({ from: '22:00', to: '02:30' })],
      '2026-03-28T22:00Z',
      '2026-03-29T01:00',
    ],
  ])('of %s', (_, hours, now, until) => expect(iso(quietUntil(hours, Date.parse(now)))).toBe(until));

  it('of hours without an end is a week and a day away', () => {
    const always = [hoursOf({ from: '00:00', to: '24:00' })];
    expect(iso(quietUntil(always, Date.parse('2026-11-24T09:00Z')))).toBe('2026-12-02T09:00');
  });

  it('is the first minute that is not quiet, at any minute of a year', () => {
    for (let at = Date.parse('2026-01-01T00:00Z'); at < Date.parse('2027-01-01T00:00Z'); at += 7_777_000) {
      if (!areQuiet(NIGHT, at)) continue;
      const until = quietUntil([NIGHT], at);
      expect([areQuiet(NIGHT, until - 1000), areQuiet(NIGHT, until)]).toEqual([true, false]);
      expect(until - at).toBeLessThanOrEqual(10 * 3_600_000);
    }
  });
});

describe('written quiet hours', () => {
  const faultOf = (written: object) =>
    v.safeParse(quietHours, { zone: 'Europe/Berlin', from: '22:00', to: '07:00', ...written }).issues?.[0]
      .message;

  it('hold warnings on every day, unless they say otherwise', () => {
    expect(NIGHT).toEqual({
      zone: 'Europe/Berlin',
      from: 22 * 60,
      to: 7 * 60,
      days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
      severity: ['warning'],
    });
  });

  it.each<readonly [object, string]>([
    [{ zone: 'Europe/Berlinn' }, 'is not an IANA time zone such as "Europe/Berlin"'],
    [{ zone: '+02:00' }, 'is not an IANA time zone such as "Europe/Berlin"'],
    ...[
      'Local',
      'local',
      'Z',
      'UTC+2',
      'GMT+2',
      '-05:00',
      'Europe',
      'Europe/Berlin ',
      'Etc/Unknown',
      '2',
    ].map((zone) => [{ zone }, 'is not an IANA time zone such as "Europe/Berlin"'] as const),
    [{ zone: '' }, 'is not an IANA time zone such as "Europe/Berlin"'],
    [{ from: '24:00' }, 'expected a time up to "23:59"'],
    [{ from: '7:00' }, 'expected a time such as "22:00"'],
    [{ to: '24:01' }, 'expected a time such as "22:00"'],
    [{ to: '22:00' }, 'from and to are the same: for whole days, write "00:00" and "24:00"'],
  ])('are refused with a fault in %j', (written, fault) => expect(faultOf(written)).toBe(fault));

  it.each([[{ days: [] }], [{ days: ['monday'] }], [{ severity: ['info'] }], [{ until: '07:00' }]])(
    'are refused with a fault in %j',
    (written) => expect(faultOf(written)).toBeDefined(),
  );
});
