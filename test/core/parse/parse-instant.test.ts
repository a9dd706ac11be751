import fc from 'fast-check';
import * as v from 'valibot';
import { isNever, parseInstant } from '../../../lambda/core/parse/parse-instant.ts';

/**
 * The same, as the schema library and `Date.parse` read it in capitals and with nine decimals at most. For `Date.parse`,
 * February 30 is March 2.
 */
function asThePlatformReads(lowerOrUpper: string): number | undefined {
  const text = lowerOrUpper.toUpperCase().replace(/(\.\d{9})\d+/, '$1');
  if (!v.is(v.pipe(v.string(), v.isoTimestamp()), text)) return undefined;
  const date = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (date.getUTCDate() !== Number(text.slice(8, 10))) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

it('reads every timestamp as the schema library and Date.parse do', () => {
  fc.assert(
    // Without `expect`, which would take most of the time.
    fc.property(timestamps, (text) => parseInstant(text) === asThePlatformReads(text)),
    { numRuns: 20_000 },
  );
});

it.each([
  ['2026-11-24T09:00:00Z', Date.UTC(2026, 10, 24, 9)],
  ['2026-11-24T09:00:00.2Z', Date.UTC(2026, 10, 24, 9, 0, 0, 200)],
  ['2026-11-24T09:00:00.25Z', Date.UTC(2026, 10, 24, 9, 0, 0, 250)],
  ['2026-11-24T09:00:00.250999Z', Date.UTC(2026, 10, 24, 9, 0, 0, 250)],
  ['2026-11-24T09:00:00+02:00', Date.UTC(2026, 10, 24, 7)],
  ['2026-11-24t09:00:00z', Date.UTC(2026, 10, 24, 9)],
  ['2026-11-24t09:00:00.25z', Date.UTC(2026, 10, 24, 9, 0, 0, 250)],
  ['2026-11-24t09:00:00.25+02:00', Date.UTC(2026, 10, 24, 7, 0, 0, 250)],
  ['2026-11-24T09:00:00.1234567890123Z', Date.UTC(2026, 10, 24, 9, 0, 0, 123)],
  ['2026-11-24T09:00:00-00:00', Date.UTC(2026, 10, 24, 9)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2026-12-31T23:59:59+01:00', Date.UTC(2026, 11, 31, 22, 59, 59)],
  ['0099-01-01T00:00:00Z', Date.parse('0099-01-01T00:00:00Z')],
])('reads %s as %d', (text, instant) => {
  expect(parseInstant(text)).toBe(instant);
});

it.each([
  [''],
  ['yesterday'],
  [1_795_510_800],
  [null],
  [{}],
  ['2026-11-24'],
  ['2026-02-29T00:00:00Z'],
  ['2026-02-30T00:00:00+01:00'],
  ['2026-04-31T00:00:00Z'],
])('reads no instant from %p', (value) => {
  expect(parseInstant(value)).toBeUndefined();
});

it.each([
  ['0001-01-01T00:00:00Z', true],
  ['0001-01-01T00:00:00.000+00:00', true],
  ['0001-01-01t05:53:28+05:53', true],
  ['0001-12-31T23:59:59Z', true],
  ['0002-01-01T00:00:00Z', false],
  ['1970-01-01T00:00:00Z', false],
])('%s is never: %p', (text, never) => {
  expect(isNever(parseInstant(text) ?? 0)).toBe(never);
});

const twoDigits = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
const timestamps = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }).map((year) => String(year).padStart(4, '0')),
    twoDigits(13),
    twoDigits(32),
    fc.constantFrom('T', ' ', 't'),
    twoDigits(24),
    twoDigits(60),
    twoDigits(60),
    fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,10}$/)),
    fc.constantFrom('Z', '+00:00', '-01:30', ' +0200', '+02', '', 'z'),
  )
  .map(
    ([year, month, day, separator, hour, minute, second, fraction, zone]) =>
      `${year}-${month}-${day}${separator}${hour}:${minute}:${second}${fraction}${zone}`,
  );
