import fc from 'fast-check';
import type { Sync } from '../../../lambda/core/sync.ts';
import { ago, aSync, hours, minutes, type SyncOverrides } from '../a-sync.ts';
import { notifiedAgo } from './a-notified-cause.ts';
import { alertsOf, failing, fingerprint, idle, likelyIn, many, namesIn, succeeded } from './a-population.ts';

/** Another organisation's worth of healthy syncs that have not run since, on connections of their own. */
const elsewhere = many(6, 'e', (id) =>
  idle(id, { connectorId: 'hubspot', connectionRef: `hub-${id}`, kbUid: 'kb_crm' }),
);
const on = (connectionRef: string, overrides: SyncOverrides = {}) => ({ connectionRef, ...overrides });

describe('a connection is a likely cause', () => {
  const main = (count: number) => many(count, 's', failing);

  it.each([
    [2, []],
    [3, ['connection pg-main: 3']],
  ])('from 3 affected syncs on: %d: %j', (count, names) => {
    expect(namesIn([...main(count), ...elsewhere])).toEqual(names);
  });

  it.each([
    [3, 3, ['connection pg-main: 3']],
    [3, 4, []],
    [5, 5, ['connection pg-main: 5']],
    [5, 6, []],
  ])(
    'when at least half of those that had the chance are affected: %d, and %d others: %j',
    (affected, others, names) => {
      expect(namesIn([...main(affected), ...many(others, 'w', succeeded), ...elsewhere])).toEqual(names);
    },
  );

  it.each([
    [3, 27, ['connection pg-main: 3']],
    [3, 28, []],
    [7, 63, ['connection pg-main: 7']],
    [7, 64, []],
    [10, 500, ['connection pg-main: 10']],
    [9, 500, []],
  ])(
    'when at least a tenth of its syncs, or ten, are affected: %d, beside %d that have not run: %j',
    (affected, others, names) => {
      expect(namesIn([...main(affected), ...many(others, 'i', idle), ...elsewhere])).toEqual(names);
    },
  );

  it.each([
    [hours(1), ['connection pg-main: 3']],
    [hours(1) + 1, []],
  ])('for alerts that began within the last hour: %d s ago: %j', (seconds, names) => {
    const syncs = main(3);
    expect(namesIn([...syncs, ...elsewhere], { alerts: alertsOf(syncs, { since: ago(seconds) }) })).toEqual(
      names,
    );
  });

  it.each([
    [hours(3), ['connection pg-main: 3']],
    [hours(3) + 1, []],
  ])(
    'while it is live, for alerts from an hour before it began two hours ago: %d s ago: %j',
    (seconds, names) => {
      const syncs = main(3);
      const alerts = alertsOf(syncs, { since: ago(seconds) });
      expect(namesIn([...syncs, ...elsewhere], { alerts, notified: notifiedAgo(hours(2)) })).toEqual(names);
    },
  );

  it.each([
    [minutes(5), ['connection pg-main: 3']],
    [minutes(5) - 1, []],
  ])('when the others succeeded no later than the median onset: %d s ago: %j', (seconds, names) => {
    const others = many(4, 'w', (id) => succeeded(id, { lastSuccessAt: ago(seconds) }));
    expect(namesIn([...main(3), ...others, ...elsewhere])).toEqual(names);
  });

  it('not for syncs that are paused, or whose flapping alert is healthy for now', () => {
    const syncs = main(2);
    const paused = aSync({ id: 'p', enabled: false, disabledReason: null });
    const flapping = succeeded('f');
    const alerts = {
      ...alertsOf(syncs),
      ...alertsOf([{ ...flapping, lastState: 'failed' }], { healthySince: ago(60), flapping: 'often' }),
    };
    expect(namesIn([...syncs, paused, flapping, ...elsewhere], { alerts })).toEqual([]);
  });
});

describe('a connector is a likely cause', () => {
  const across = (...counts: readonly number[]) =>
    counts.flatMap((count, index) =>
      many(count, `c${index}-`, (id) => failing(id, on(`pg-${index}`, { kbUid: `kb-${id}` }))),
    );
  const well = (count: number, ref: string) =>
    many(count, `w-${ref}-`, (id) => succeeded(id, on(ref, { kbUid: `kb-${id}` })));

  it('when it explains more than its largest connection, by more than 3', () => {
    expect(namesIn([...across(3, 4), ...elsewhere])).toEqual(['connection pg-1: 4', 'connection pg-0: 3']);
    expect(namesIn([...across(4, 4), ...elsewhere])).toEqual(['connector postgres: 8']);
  });

  it('only when at least 3 of its syncs are affected outside its most affected connection', () => {
    expect(namesIn([...across(2, 2, 2), ...elsewhere])).toEqual(['connector postgres: 6']);
    expect(namesIn([...across(2, 2), ...elsewhere])).toEqual([]);
  });

  it.each([
    [36, ['connector postgres: 6']],
    [37, []],
  ])(
    'only when a tenth of the syncs outside that connection is affected: 4 of 4 and %d idle: %j',
    (idles, names) => {
      const unrun = many(idles, 'i', (id) => idle(id, on('pg-1', { kbUid: `kb-${id}` })));
      expect(namesIn([...across(2, 2, 2), ...unrun, ...elsewhere])).toEqual(names);
    },
  );

  it.each([
    [2, ['connector postgres: 8']],
    [3, []],
  ])('when 80 %% of those that had the chance are affected: 8, and %d others: %j', (others, names) => {
    expect(namesIn([...across(2, 2, 2, 2), ...well(others, 'pg-0'), ...elsewhere])).toEqual(names);
  });

  it('when it is live, with half of them', () => {
    const syncs = [...across(2, 2, 2, 2), ...well(2, 'pg-0'), ...well(2, 'pg-1'), ...elsewhere];
    const live = {
      'connector:postgres': { began: ago(60), at: ago(60), times: 1, severity: 'warning' },
    } as const;
    expect(namesIn(syncs)).toEqual([]);
    expect(namesIn(syncs, { notified: live })).toEqual(['connector postgres: 8']);
  });

  it('only when 80 % of its connections that had the chance are affected', () => {
    const four = across(3, 3, 3, 3);
    expect(namesIn([...four, ...well(1, 'pg-8'), ...elsewhere])).toEqual(['connector postgres: 12']);
    const names = namesIn([...four, ...well(1, 'pg-8'), ...well(1, 'pg-9'), ...elsewhere]);
    expect(names).toEqual(expect.not.arrayContaining(['connector postgres: 12']));
    expect(names).toHaveLength(4);
  });

  it('never at the evaluation after a changed policy, which names connections alone', () => {
    const syncs = [...across(4, 4), ...elsewhere];
    expect(namesIn(syncs, { policyChanged: true })).toEqual(['connection pg-0: 4', 'connection pg-1: 4']);
  });
});

describe('the whole organisation is a likely cause', () => {
  const each = (count: number, make = failing) =>
    many(count, 'o', (id) => make(id, { connectorId: `c-${id}`, connectionRef: id, kbUid: `kb-${id}` }));

  it.each([
    [4, []],
    [5, ['organisation: 5']],
  ])('from 5 affected on: %d, each of another connection: %j', (count, names) => {
    expect(namesIn(each(count))).toEqual(names);
  });

  it('is critical at once, and says that nothing succeeded where nothing did', () => {
    expect(likelyIn(each(5))).toMatchObject([{ isCritical: true, hasNoSuccess: true, listed: 5 }]);
    const well = succeeded('w', { connectorId: 'w', connectionRef: 'w', kbUid: 'w' });
    expect(likelyIn([...each(5), well])).toMatchObject([
      { isCritical: true, hasNoSuccess: false, healthySince: 1, listed: 6 },
    ]);
  });

  it('is its connection when it has only one, and is as critical then', () => {
    const [likely, ...others] = likelyIn(many(5, 's', failing));
    expect(others).toEqual([]);
    expect(likely).toMatchObject({ cause: { kind: 'connection' }, isCritical: true, hasNoSuccess: true });
  });

  it('is not what a connection with less than 5 affected syncs is critical for', () => {
    expect(likelyIn(many(4, 's', failing))).toMatchObject([{ isCritical: false }]);
    const beside = [...many(5, 's', failing), ...elsewhere];
    expect(likelyIn(beside)).toMatchObject([{ isCritical: false, hasNoSuccess: false }]);
  });
});

describe('of several likely causes', () => {
  it('the one that explains most comes first, and what it explains does not count again', () => {
    const main = many(5, 'm', (id) => failing(id, { kbUid: 'kb-a' }));
    const hub = many(2, 'h', (id) => failing(id, { connectorId: id, connectionRef: id, kbUid: 'kb-a' }));
    expect(namesIn([...main, ...hub, ...elsewhere])).toEqual(['connection pg-main: 5']);
  });

  it('the more specific is named when both explain the same', () => {
    const syncs = many(4, 's', failing);
    expect(namesIn([...syncs, ...elsewhere])).toEqual(['connection pg-main: 4']);
  });

  it('each is named when they are unrelated', () => {
    const other = many(3, 'o', (id) =>
      failing(id, { connectorId: 'mysql', connectionRef: 'shop', kbUid: 'kb-b' }),
    );
    const well = many(4, 'w', (id) => succeeded(id, { connectorId: 'w', connectionRef: id, kbUid: 'kb-w' }));
    expect(namesIn([...many(4, 's', failing), ...other, ...well])).toEqual([
      'connection pg-main: 4',
      'connection shop: 3',
    ]);
  });

  it('none is chosen by the order of the listing', () => {
    const makers = { failing, succeeded, idle };
    const sync = fc.record({
      connectorId: fc.constantFrom('c1', 'c2'),
      connectionRef: fc.constantFrom('r1', 'r2', 'r3'),
      kbUid: fc.constantFrom('k1', 'k2'),
      kind: fc.constantFrom('failing', 'failing', 'succeeded', 'idle'),
    });
    const explained = (syncs: readonly Sync[]) =>
      likelyIn(syncs).map(({ cause, affected }) => [
        cause.key,
        affected.map((member) => member.fingerprint).toSorted(),
      ]);
    fc.assert(
      fc.property(fc.array(sync, { maxLength: 40 }), fc.infiniteStream(fc.nat()), (given, dice) => {
        const syncs = given.map(({ kind, ...labels }, index) => makers[kind](`s${index}`, labels));
        const shuffled = syncs
          .map((one) => ({ one, at: dice.next().value }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(explained(shuffled)).toEqual(explained(syncs));
      }),
    );
  });

  it('none explains an alert that another one explains', () => {
    const sync = fc.record({
      connectorId: fc.constantFrom('c1', 'c2', 'c3'),
      connectionRef: fc.constantFrom('r1', 'r2'),
      kbUid: fc.constantFrom('k1', 'k2', 'k3'),
    });
    fc.assert(
      fc.property(fc.array(sync, { maxLength: 40 }), (given) => {
        const syncs = given.map((labels, index) => failing(`s${index}`, labels));
        const all = likelyIn(syncs).flatMap(({ affected }) => affected.map((member) => member.fingerprint));
        expect(new Set(all).size).toBe(all.length);
        expect(syncs.map(fingerprint)).toEqual(expect.arrayContaining(all));
      }),
    );
  });
});

it('the trouble of a likely cause began at the median onset of its affected syncs', () => {
  const syncs = [3, 5, 9].map((age) =>
    failing(`s${age}`, { lastRunAt: ago(minutes(age)), lastSuccessAt: ago(minutes(age + 15)) }),
  );
  expect(likelyIn([...syncs, ...elsewhere])).toMatchObject([{ onset: ago(minutes(5)) }]);
});
