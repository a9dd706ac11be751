import { readFileSync } from 'node:fs';
import type { Night } from './notation/night.ts';
import { parseNight } from './notation/parse-night.ts';

const HEAD = ['title: A night', 'story: Something happens.', 'from: 2026-11-24 03:00', 'to: day 2 12:00'];
const SYNCS = [
  'syncs',
  '  orders, refunds every 15m on box/pg-main',
  '  s-1..s-12 every 5m/1h on c-1..c-2/k-1..k-3',
];

/** A night with these lines beside the least that it needs. */
function withLines({
  head = [],
  syncs = [],
  events = [],
}: Readonly<Record<string, readonly string[]>>): string {
  return [...HEAD, ...head, '', ...SYNCS, ...syncs, '', 'events', ...events.map((line) => `  ${line}`)].join(
    '\n',
  );
}

function parsed(lines: Parameters<typeof withLines>[0] = {}): Night {
  const result = parseNight(withLines(lines));
  if (!result.ok) throw new Error(result.faults.join('\n'));
  return result.night;
}

function faultsOf(lines: Parameters<typeof withLines>[0]): readonly string[] {
  const result = parseNight(withLines(lines));
  return result.ok ? [] : result.faults;
}

describe('a night with the least that it needs', () => {
  const night = parsed();

  it('counts its minutes from the midnight before', () => {
    expect(new Date(night.midnight).toISOString()).toBe('2026-11-24T00:00:00.000Z');
    expect([night.firstCheck, night.lastCheck, night.periodMinutes]).toEqual([180, 36 * 60, 5]);
  });

  it('writes out ranges of names and lists of intervals', () => {
    expect(night.groups.map(({ names }) => names.length)).toEqual([2, 12]);
    expect(night.groups[1]).toMatchObject({
      intervalsSeconds: [300, 3600],
      connectors: ['c-1', 'c-2', 'c-1'],
      connections: ['k-1', 'k-2', 'k-3'],
      knowledgeBases: ['warehouse'],
    });
  });
});

describe('an event', () => {
  it.each([
    ['04:00 connection pg-main fails "x"', 'runs'],
    ['04:00 orders fails every other run "x"', 'runs'],
    ['04:00 orders, refunds fail every 3rd run "x"', 'runs'],
    ['04:00 everything fails 1 in 100 runs "x"', 'runs'],
    ['04:00 orders ends in "quarantined"', 'runs'],
    ['04:00 agent box works', 'runs'],
    ['04:00 kb warehouse starts nothing', 'starts_nothing'],
    ['04:00 s-1..s-3 take 3h', 'takes'],
    ['04:00 a person pauses orders', 'person'],
    ['04:00 a person sets the interval of orders to 5m', 'interval'],
    ['04:00 the platform disables orders "10 failures"', 'platform_disables'],
    ['04:00 new t-1..t-2 every 5m on box/tmp loads 3h', 'appear'],
    ['04:00 connector box is renamed to new-box', 'renamed'],
    ['04:00 field interval_secs of orders is "often"', 'field'],
    ['04:00 field last_state of orders is missing', 'field'],
    ['04:00 listing answers 401 "token revoked"', 'listing'],
    ['04:00 listing lacks connector box', 'listing'],
    ['04:00 slack does not answer', 'slack'],
    ['04:00 policy {"grace": "1m"}', 'policy'],
    ['04:00 checks stop', 'checks'],
    ['04:00 the next check is killed', 'killed'],
  ])('may be %s', (line, kind) => {
    const { events } = parsed({ events: [line] });
    expect(events.map(({ at, event }) => [at, event.kind])).toEqual([[240, kind]]);
  });

  it('repeats until its end, or the end of the night', () => {
    const { events } = parsed({
      events: ['04:00 every 1h until 06:30 orders fails "x"', 'day 2 11:00 every 30m orders works'],
    });
    expect(events.map(({ at }) => at)).toEqual([240, 300, 360, 2100, 2130, 2160]);
    expect(events.map(({ isFirst }) => isFirst)).toEqual([true, false, false, true, false, false]);
    expect(events[0]?.text).toBe('every 1h until 06:30: orders fails "x"');
  });

  it('happens to one sync after the other where it says so', () => {
    const { events } = parsed({ events: ['04:00 a person pauses s-1..s-3, one every 7m'] });
    expect(events.map(({ at, event }) => [at, event])).toEqual(
      [240, 247, 254].map((at, index) => [
        at,
        { kind: 'person', verb: 'pauses', subject: { kind: 'syncs', names: [`s-${index + 1}`] } },
      ]),
    );
  });

  it('stands in order of time, those of one minute in the order of the file', () => {
    const { events } = parsed({ events: ['05:00 checks start', '04:00 slack works', '05:00 checks stop'] });
    expect(events.map(({ text }) => text)).toEqual(['slack works', 'checks start', 'checks stop']);
  });
});

describe('an expectation', () => {
  it.each([
    ['at most 3 messages', { from: 180, to: 2160 }, { kind: 'messages', least: 0, most: 3 }],
    ['silence from 05:00 to 06:00', { from: 300, to: 360 }, { kind: 'messages', least: 0, most: 0 }],
    ['exactly 1 message at 05:00', { from: 300, to: 300 }, { kind: 'messages', least: 1, most: 1 }],
    ['a critical message by 05:00', { from: 180, to: 300 }, { kind: 'critical', isForbidden: false }],
    ['nothing critical after day 2 05:00', { from: 1741, to: 2160 }, { kind: 'critical', isForbidden: true }],
    ['nothing held above 65m', { from: 180, to: 2160 }, { kind: 'held', mostMinutes: 65 }],
  ])('may be %s', (text, window, rule) => {
    expect(parsed({ head: [`expect: ${text}`] }).expectations).toEqual([{ line: 5, text, window, rule }]);
  });

  it.each([
    ['all 40', 'All  40 are back', true],
    ['d-2', 'd-2 is failing', true],
    ['d-2', 'd-20 is failing', false],
    ['3 of 12', '13 of 12', false],
    ['/\\d+ of 40/', '14 of 40', true],
  ])('finds "%s" in "%s": %s', (text, message, isFound) => {
    const [expectation] = parsed({
      head: [`expect: somebody reads "${text.replaceAll('\\', '\\\\')}"`],
    }).expectations;
    const pattern = expectation?.rule.kind === 'reads' ? expectation.rule.pattern : /^$/;
    expect(pattern.test(message)).toBe(isFound);
  });
});

describe('a fault', () => {
  it.each([
    ['3:55am checks stop', 'a time such as 03:55 or day 2 03:55, got "3:55am"'],
    ['day two 03:55 checks stop', 'the number of a day, 1 or more, got "two"'],
    ['04:00 orders breaks', /^"fail", .*, got "breaks"$/],
    ['04:00 orders fails', 'the error, in quotes, got the end of the line'],
    ['04:00 orders fails "x', 'a closing quote, got'],
    ['04:00 a person kicks orders', /pauses, resumes.*, got "kicks orders"/],
    ['04:00 odrers works', 'a sync of this night, got "odrers"'],
    ['04:00 connection pg-mian works', 'a connection of this night, got "pg-mian"'],
    ['04:00 listing answers 200', 'an HTTP status from 300 to 599, got "200"'],
    ['04:00 policy {"grace": 5}', 'a policy, got one with faults: grace'],
    ['04:00 everything fails "x", one every 1m', 'names of syncs before "one every", got another subject'],
    ['04:00 checks stop now', 'the end of the line, got "now"'],
  ])('names the line, what was expected and what came: %s', (line, message) => {
    const [fault = '', ...others] = faultsOf({ events: ['03:00 checks start', line] });
    expect(others).toEqual([]);
    expect(fault).toMatch(/^12: expected /);
    expect(fault.replace('12: expected ', '')).toMatch(message);
  });

  it.each([
    ['orders every 5m on box/pg-main', 'expected each name once, got "orders" again'],
    ['new every 5m', 'expected a connector and a connection ("on box/pg-main"), got none'],
    ['new on box/pg-main', 'expected an interval ("every 15m"), got none'],
    [
      's-9..s-1 every 5m on box/pg-main',
      'expected a range such as s1..s40, of one prefix and upwards, got "s-9..s-1"',
    ],
    ['new every 5x on box/pg-main', 'expected a duration such as 90s, 15m, 3h or 2d, got "5x"'],
  ])('of a group of syncs: %s', (line, message) => {
    expect(faultsOf({ syncs: [`  ${line}`] })).toEqual([`9: ${message}`]);
  });

  it('is found in each line at once, in the order of the file', () => {
    const faults = faultsOf({ head: ['wnats: peace', 'expect: peace'], events: ['4:00 checks stop'] });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['5', '6', '13']);
  });

  it('names each field that is missing', () => {
    const result = parseNight('syncs\n  a every 5m on b/c\n');
    expect(result).toEqual({
      ok: false,
      faults: ['from', 'to', 'title', 'story'].map((field) => `expected the field "${field}:"`),
    });
  });
});

it.each(['test/nights/README.md', 'docs/nights.md'])('reads the example of %s', (page) => {
  const [, example = ''] = /```text\n(.*?)```/s.exec(readFileSync(page, 'utf8')) ?? [];
  expect(parseNight(example)).toMatchObject({ ok: true });
});
