import { parseNight } from './notation/parse-night.ts';
import { clockText } from './notation/time-words.ts';
import type { SyncRecord } from './world/record.ts';
import { World } from './world/world.ts';

const MIDNIGHT = Date.UTC(2026, 10, 24);

/** The world of these syncs and events. */
function worldOf(syncs: readonly string[], events: readonly string[] = []): World {
  const head = ['title: t', 'story: s', 'from: 2026-11-24 00:00', 'to: day 9 00:00'];
  const parsed = parseNight(
    [...head, 'syncs', ...syncs.map(indented), 'events', ...events.map(indented)].join('\n'),
  );
  if (!parsed.ok) throw new Error(parsed.faults.join('\n'));
  return new World(parsed.night);
}

function indented(line: string): string {
  return `  ${line}`;
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** The records as of a time of the first day. */
function recordsAt(world: World, clock: string): readonly SyncRecord[] {
  world.advance(minuteOf(clock));
  return world.records(MIDNIGHT);
}

/** The only record as of a time of the first day. */
function recordAt(world: World, clock: string): SyncRecord {
  const [record, ...others] = recordsAt(world, clock);
  if (record === undefined || others.length > 0) throw new Error('expected one record');
  return record;
}

const ORDERS = 'orders every 15m at 00:02 on box/pg-main';

describe('a healthy sync', () => {
  it('is listed as running for 40 s, then as completed', () => {
    const world = worldOf([ORDERS]);
    expect(recordAt(world, '00:17')).toMatchObject({
      last_state: 'running',
      last_run_at: '2026-11-24T00:17:00.000Z',
      last_success_at: '2026-11-24T00:02:40.000Z',
    });
    expect(recordAt(world, '00:18')).toMatchObject({
      last_state: 'completed',
      last_success_at: '2026-11-24T00:17:40.000Z',
      seconds_since_success: 20,
      consecutive_failures: 0,
      disabled_reason: null,
      enabled: true,
    });
  });

  it('has run before the story', () => {
    expect(recordAt(worldOf(['weekly every 7d at 06:00 on box/pg']), '00:00')).toMatchObject({
      last_run_at: '2026-11-17T06:00:00.000Z',
      last_state: 'completed',
    });
  });

  it('is nothing notable; an event, a failure and the success after it are', () => {
    const world = worldOf([ORDERS], ['01:00 orders fails "x"', '01:20 orders works']);
    const notable = Array.from({ length: 120 }, (_, minute) => minute).filter((minute) =>
      world.advance(minute),
    );
    // It fails at 01:02, and its next run is 30 minutes after that one's start.
    expect(notable.map(clockText)).toEqual(['01:00', '01:03', '01:20', '01:32', '01:33']);
  });
});

describe('a sync that fails', () => {
  it('is tried again after twice the interval, four times, and then each hour, and is disabled at ten failures', () => {
    const world = worldOf([ORDERS], ['01:00 connection pg-main fails "no route"']);
    const starts = new Set<unknown>();
    for (let minute = 60; minute < 12 * 60; minute += 1) {
      world.advance(minute);
      const [record] = world.records(MIDNIGHT);
      starts.add(record?.['last_run_at']);
    }
    const clocks = [...starts].map((start) => String(start).slice(11, 16));
    expect(clocks).toEqual([
      '00:47',
      '01:02',
      '01:32',
      '02:32',
      '03:32',
      '04:32',
      '05:32',
      '06:32',
      '07:32',
      '08:32',
      '09:32',
    ]);
    expect(recordAt(world, '12:00')).toMatchObject({
      enabled: false,
      consecutive_failures: 10,
      disabled_reason: 'disabled after 10 failed runs in a row: no route',
      last_state: 'failed',
    });
  });

  it('has no reasons and no counts in an older API', () => {
    const record = recordAt(worldOf([`${ORDERS} older api`], ['01:00 orders fails "x"']), '01:30');
    expect(record).toMatchObject({ last_state: 'failed' });
    expect(Object.keys(record)).not.toContain('consecutive_failures');
    expect(Object.keys(record)).not.toContain('disabled_reason');
  });

  it('works alone while its connection fails, until the connection fails anew', () => {
    const world = worldOf(
      ['a, b every 10m at 00:01 on box/pg'],
      [
        '01:00 connection pg fails "x"',
        '02:00 a works',
        '04:00 connection pg works',
        '05:00 connection pg fails "x"',
      ],
    );
    const failures = (clock: string) =>
      recordsAt(world, clock).map((record) => Number(record['consecutive_failures']) > 0);
    expect(failures('02:00')).toEqual([true, true]);
    expect(failures('03:30')).toEqual([false, true]);
    expect(failures('04:59')).toEqual([false, false]);
    expect(failures('05:30')).toEqual([true, true]);
  });
});

describe('which runs fail', () => {
  /** How many of the runs of a day failed: with these failures none follows another. */
  function failedRuns(event: string): number {
    const world = worldOf(['x every 1h at 00:01 on box/pg'], [`00:00 x fails ${event}`]);
    let failed = 0;
    for (let minute = 0; minute < 7 * 1440; minute += 1) {
      world.advance(minute);
      const [record] = world.records(MIDNIGHT);
      if (record?.['last_state'] === 'failed' && minute % 60 === 2) failed += 1;
    }
    return failed;
  }

  it.each([
    ['every other run "x"', 84],
    ['every 3rd run "x"', 56],
  ])('%s: %i of 168', (event, count) => expect(failedRuns(event)).toBe(count));

  it('is about the share that the event gives, and the same each time', () => {
    const failed = failedRuns('1 in 5 runs "x"');
    expect(failed).toBeGreaterThan(20);
    expect(failed).toBeLessThan(48);
    expect(failedRuns('1 in 5 runs "x"')).toBe(failed);
  });
});

describe('what people and agents do', () => {
  it('pauses without a reason, and runs at once when resumed', () => {
    const world = worldOf([ORDERS], ['01:00 a person pauses orders', '03:00 a person resumes orders']);
    expect(recordAt(world, '02:00')).toMatchObject({
      enabled: false,
      disabled_reason: null,
      last_run_at: '2026-11-24T00:47:00.000Z',
      updated_at: '2026-11-24T01:00:00.000Z',
    });
    expect(recordAt(world, '03:00')).toMatchObject({
      enabled: true,
      last_run_at: '2026-11-24T03:00:00.000Z',
    });
  });

  it('deletes, and re-creates with a new id and no history', () => {
    const world = worldOf([ORDERS], ['01:00 a person deletes orders', '02:00 a person re-creates orders']);
    expect(recordsAt(world, '01:30')).toEqual([]);
    expect(recordAt(world, '02:00')).toMatchObject({
      id: 'sync_orders_new',
      created_at: '2026-11-24T02:00:00.000Z',
      last_success_at: null,
      last_state: 'running',
      has_cursor: false,
    });
  });

  it('starts nothing while an agent is gone, and everything that is due when it is back', () => {
    const world = worldOf([ORDERS], ['01:00 agent box starts nothing', '02:00 agent box works']);
    expect(recordAt(world, '01:59')).toMatchObject({
      last_state: 'completed',
      last_run_at: '2026-11-24T00:47:00.000Z',
    });
    expect(recordAt(world, '02:00')).toMatchObject({ last_run_at: '2026-11-24T02:00:00.000Z' });
  });

  it('runs a sync without a schedule by hand alone', () => {
    const world = worldOf(
      ['archive every 0s on box/s3 last success 40d ago'],
      ['10:00 a person runs archive'],
    );
    expect(recordAt(world, '09:59')).toMatchObject({
      interval_secs: 0,
      last_success_at: '2026-10-15T00:00:00.000Z',
    });
    expect(recordAt(world, '20:00')).toMatchObject({ last_success_at: '2026-11-24T10:00:40.000Z' });
  });

  it('loads a new sync for as long as it says', () => {
    const world = worldOf([ORDERS], ['09:00 new clicks every 1m on web/clicks loads 3h']);
    const clicks = (clock: string) => recordsAt(world, clock)[1];
    expect(clicks('11:59')).toMatchObject({ last_state: 'running', last_success_at: null });
    expect(clicks('12:00')).toMatchObject({ last_success_at: '2026-11-24T12:00:00.000Z' });
  });

  it('gives a record odd fields, and takes them back', () => {
    const world = worldOf(
      [ORDERS],
      [
        '01:00 field interval_secs of orders is "often"',
        '02:00 field interval_secs of orders is right again',
      ],
    );
    expect(recordAt(world, '01:00')).toMatchObject({ interval_secs: 'often' });
    expect(recordAt(world, '02:00')).toMatchObject({ interval_secs: 900 });
  });
});

it('deals lists so that each connection has each interval', () => {
  const records = recordsAt(worldOf(['s-1..s-6 every 5m/1h on box/a, box/b']), '00:00');
  expect(records.map((record) => [record['connection_ref'], record['interval_secs']])).toEqual([
    ['a', 300],
    ['b', 300],
    ['a', 3600],
    ['b', 3600],
    ['a', 300],
    ['b', 300],
  ]);
});

it('can be copied, and each copy goes its own way', () => {
  const world = worldOf([ORDERS], ['01:00 orders fails "x"']);
  world.advance(50);
  const copy = world.copy();
  expect(recordAt(copy, '01:30')).toMatchObject({ last_state: 'failed' });
  world.advance(55);
  expect(world.records(MIDNIGHT)).toMatchObject([{ last_state: 'completed' }]);
});
