import { parseCommandLine } from '../../cli/parse-command-line.ts';
import { silenceEventOf } from '../../cli/silence-event.ts';
import { silenceText } from '../../cli/silence-text.ts';
import { parseEvent } from '../../lambda/invocation/event.ts';

function eventOf(...args: readonly string[]): unknown {
  const parsed = parseCommandLine({ args: ['prod', ...args], environment: {} }, 'invoke');
  if (parsed.kind !== 'request') return parsed.kind === 'help' ? 'help' : parsed.message;
  return silenceEventOf(parsed.request, 'ada');
}

describe('the event of a command about silences', () => {
  it.each<[readonly string[], unknown]>([
    [
      ['silence', '--match', 'name=orders*', '--for', '2d', '--reason', 'migration'],
      { command: 'silence', match: { name: ['orders*'] }, for: '2d', reason: 'migration', by: 'ada' },
    ],
    [
      ['silence', '--match', 'name=a,name=b', '--match', 'kb=x=y', '--until', '2026-12-01T08:00:00Z'],
      {
        command: 'silence',
        match: { name: ['a', 'b'], kb: ['x=y'] },
        until: '2026-12-01T08:00:00Z',
        by: 'ada',
      },
    ],
    [['silence', 'k3f9', '--for', '8h'], { command: 'silence', token: 'k3f9', for: '8h', by: 'ada' }],
    [['ack', 'sync_42', '--reason', 'mine'], { command: 'ack', id: 'sync_42', reason: 'mine', by: 'ada' }],
    [['silences'], { command: 'silences' }],
    [['unsilence', 'k3f9'], { command: 'unsilence', id: 'k3f9' }],
    [['unsilence'], 'unsilence needs <id>'],
    [['ack', 'a', 'b'], 'ack takes <id>, got "b" as well'],
  ])('%j', (args, event) => expect(eventOf(...args)).toEqual(event));
});

describe('the function refuses an event about silences', () => {
  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ match: { name: 'a' } }, 'expected either "for" or "until": a silence needs an end'],
    [{ match: { name: 'a' }, for: '1h', until: '2026-12-01T08:00:00Z' }, 'a silence needs an end'],
    [{ for: '1h' }, 'expected either "match" or "token"'],
    [{ match: { name: 'a' }, token: 'k3f9', for: '1h' }, 'expected either "match" or "token"'],
    [{ match: { nam: 'a' }, for: '1h' }, 'there is no field "match.nam"; did you mean name?'],
    [{ match: {}, for: '1h' }, 'nothing would match everything'],
    [{ match: { severity: 'bad' }, for: '1h' }, 'expected warning, critical or both'],
    [{ match: { name: 'a' }, for: 'soon' }, 'expected a duration such as'],
    [{ match: { name: 'a' }, for: '0s' }, 'expected a duration above zero'],
    [{ match: { name: 'a' }, for: '-1h' }, 'expected a duration such as'],
    [{ match: { name: 'a' }, for: '1.5h' }, 'expected a duration such as'],
    [{ match: { name: '' }, for: '1h' }, 'expected a pattern of 1 to 200 characters'],
    [{ match: { name: 'a' }, until: '2026-12-01T08:00:00' }, 'expected a date with a time and a zone'],
    [{ match: { name: 'a' }, until: '2026-13-01T08:00:00Z' }, 'expected a date with a time and a zone'],
    [{ match: { name: 'a' }, until: 'tomorrow' }, 'expected a date with a time and a zone'],
    [{ match: { name: 'a' }, for: '1h', reason: 'x'.repeat(201) }, '"reason"'],
  ])('%j', (fields, error) => {
    const parsed = parseEvent({ command: 'silence', ...fields });
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(error) });
  });
});

describe('the text of a result', () => {
  const VIEW = {
    id: 'k3f9',
    kind: 'matcher',
    selects: 'name orders*',
    status: 'active',
    from: '2026-11-24T09:00:00.000Z',
    until: '2026-11-26T09:00:00.000Z',
    reason: 'migration',
    author: 'ada',
    syncs: 3,
    alerts: 2,
    names: ['orders', 'orders_eu'],
  };

  it.each([
    [
      {},
      'Silenced until 2026-11-26 09:00 UTC (k3f9): name orders*.\n3 syncs of the listing match; 2 alerts of it are open: orders, orders_eu.',
    ],
    [
      { status: 'later', syncs: 0, alerts: 0, names: [] },
      'Silenced from 2026-11-24 09:00 UTC until 2026-11-26 09:00 UTC (k3f9): name orders*.\nNo sync of the listing matches; no alert of it is open.',
    ],
    [
      {
        kind: 'acknowledgement',
        selects: '1 alert, until it ends',
        syncs: null,
        alerts: 1,
        names: ['or\u001b[31mders'],
      },
      'Acknowledged until 2026-11-26 09:00 UTC (k3f9): 1 alert, until it ends.\n1 alert of it is open: or [31mders.',
    ],
    [
      { syncs: 1, alerts: 1, names: ['orders'] },
      'Silenced until 2026-11-26 09:00 UTC (k3f9): name orders*.\n1 sync of the listing matches; 1 alert of it is open: orders.',
    ],
    [
      { alerts: 12 },
      'Silenced until 2026-11-26 09:00 UTC (k3f9): name orders*.\n3 syncs of the listing match; 12 alerts of it are open: orders, orders_eu and 10 more.',
    ],
  ])('of a silence with %j', (overrides, text) => {
    expect(silenceText({ silence: { ...VIEW, ...overrides } })).toBe(text);
  });

  it('of a list has a paragraph for each, and names what a newer version wrote', () => {
    expect(silenceText({ silences: [VIEW], unknown: ['zzzz'] })).toBe(
      'k3f9  active  name orders*, until 2026-11-26 09:00 UTC, by ada: migration\n' +
        '      3 syncs of the listing match; 2 alerts of it are open: orders, orders_eu\n' +
        'zzzz  was written by a newer version: it silences nothing here',
    );
    expect(silenceText({ silences: [], unknown: [] })).toBe('Nothing is silenced.');
  });

  it('of the end of one names it; any other response has none', () => {
    expect(silenceText({ id: 'k3f9', at: VIEW.from })).toBe('Ended k3f9.');
    expect(silenceText({ other: 1 })).toBeUndefined();
  });
});
