import { causesOf } from '../../../lambda/core/notify/cause.ts';
import { PeerStats } from '../../../lambda/core/notify/peer-stats.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  aBlindLook,
  aFacts,
  aFailingSync,
  ago,
  aLook,
  anAlert,
  aSync,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';

const CONNECTION = 'connection:8:postgres:pg-main';
const CONNECTOR = 'connector:postgres';
const KB = 'kb:kb_sales';

function censusOf(...syncs: readonly Sync[]): PeerStats {
  const peerStats = PeerStats.of(aLook(syncs), aFacts(), NOW);
  if (peerStats === undefined) throw new Error('it saw nothing');
  return peerStats;
}

/** Healthy, and last succeeded so many seconds ago. */
const well = (id: string, secondsAgo: number, overrides: Parameters<typeof aSync>[0] = {}) =>
  aSync({ id, lastSuccessAt: ago(secondsAgo), ...overrides });
const many = (count: number, make: (id: string) => Sync) =>
  Array.from({ length: count }, (_, index) => make(`s${index}`));

describe('the causes that a sync shares', () => {
  const connector = { key: CONNECTOR, kind: 'connector', name: 'postgres' };
  const kb = { key: KB, kind: 'knowledge base', name: 'kb_sales' };

  it.each([
    [
      'its connection, its connector and its knowledge base',
      LABELS,
      [{ key: CONNECTION, kind: 'connection', name: 'pg-main' }, connector, kb],
    ],
    ['no connection, where that is not known', { ...LABELS, connectionRef: null }, [connector, kb]],
    ['no connection of a connector that is not known', { ...LABELS, connectorId: null }, [kb]],
    [
      'no knowledge base, where that is not known',
      { ...LABELS, connectionRef: null, kbUid: null },
      [connector],
    ],
    ['none, where nothing is known', null, []],
  ])('are %s', (_, labels, causes) => {
    expect(causesOf(labels)).toEqual(causes);
  });
});

describe('how many share a cause', () => {
  it('is counted for each cause, whatever the state', () => {
    const peerStats = censusOf(
      aSync({ id: 'a' }),
      aFailingSync({ id: 'b' }),
      aSync({ id: 'c', connectionRef: 'pg-shop', kbUid: 'kb_shop' }),
      aSync({ id: 'd', connectorId: 'hubspot' }),
    );
    expect([CONNECTION, CONNECTOR, KB].map((key) => peerStats.listed(key))).toEqual([2, 3, 3]);
  });

  it('is none of a cause that nobody has', () => {
    expect(censusOf(aSync()).listed('kb:another')).toBe(0);
    expect(censusOf(aSync()).ranSince('kb:another', ago(minutes(60)))).toBe(0);
  });

  it('leaves out what a person paused, and not what the platform disabled', () => {
    const disabled = { enabled: false } as const;
    const peerStats = censusOf(
      aSync({ id: 'a', ...disabled, disabledReason: null }),
      aSync({ id: 'b', ...disabled, disabledReason: '10 failures' }),
      aSync({ id: 'c' }),
    );
    expect(peerStats.listed(CONNECTION)).toBe(2);
    expect(peerStats.ranSince(CONNECTION, ago(minutes(60)))).toBe(1);
  });

  it('is counted of no blind check', () => {
    expect(PeerStats.of(aBlindLook(), aFacts(), NOW)).toBeUndefined();
  });
});

describe('how many ran well since', () => {
  it('is none that is well and still held open, since it flaps', () => {
    const facts = aFacts({ 'sync:a': anAlert({ healthySince: ago(60) }) });
    const peerStats = PeerStats.of(aLook([well('a', 60), well('b', 60)]), facts, NOW);
    expect(peerStats?.ranSince(CONNECTION, ago(300))).toBe(1);
  });

  it.each([
    [299, 0],
    [300, 0],
    [301, 1],
  ])('is those with a success after it, and not at it: one 300 s ago, since %d s: %d', (seconds, ran) =>
    expect(censusOf(well('a', 300)).ranSince(CONNECTION, ago(seconds))).toBe(ran),
  );

  it('is right at each moment, in whatever order they are listed', () => {
    const peerStats = censusOf(well('a', 300), well('b', 60), well('c', 600), well('d', 60), well('e', 0));
    const since = [0, 1, 60, 61, 300, 301, 600, 601].map((seconds) =>
      peerStats.ranSince(CONNECTION, ago(seconds)),
    );
    expect(since).toEqual([0, 1, 1, 3, 3, 4, 4, 5]);
  });

  it('is not those in trouble, however lately they succeeded', () => {
    const peerStats = censusOf(aFailingSync({ lastSuccessAt: ago(60), lastRunAt: ago(30) }));
    expect(peerStats.ranSince(CONNECTION, ago(minutes(60)))).toBe(0);
  });

  it('is not one that never had to run yet', () => {
    const young = aSync({ lastSuccessAt: null, lastRunAt: null, lastState: null, createdAt: ago(60) });
    const peerStats = censusOf(young);
    expect([peerStats.listed(CONNECTION), peerStats.ranSince(CONNECTION, ago(minutes(60)))]).toEqual([1, 0]);
  });
});

describe('when a sync last ran', () => {
  it('is when its last run started', () => {
    const peerStats = censusOf(aFailingSync({ lastRunAt: ago(90), lastSuccessAt: ago(900) }));
    expect(peerStats.lastRun('sync:orders')).toBe(ago(90));
  });

  it('is when it was created, where none ever did', () => {
    const never = { lastRunAt: null, lastSuccessAt: null, lastState: null };
    expect(censusOf(aSync({ ...never, createdAt: ago(60) })).lastRun('sync:orders')).toBe(ago(60));
    expect(censusOf(aSync({ ...never, enabled: false, createdAt: null })).lastRun('sync:orders')).toBe(
      undefined,
    );
  });

  it('is not known of one that is not listed', () => {
    expect(censusOf(aSync()).lastRun('sync:another')).toBeUndefined();
  });
});

describe('what is known around a cause', () => {
  const BEGAN = ago(minutes(4));
  const [connection, connector, kb] = causesOf(LABELS);
  const failing = many(3, (id) => aFailingSync({ id }));
  const around = (cause: typeof connection, ...others: readonly Sync[]) => {
    if (cause === undefined) throw new Error('the labels have no such cause');
    return censusOf(...failing, ...others).around(cause, LABELS, BEGAN);
  };
  const shop = { connectionRef: 'pg-shop' };
  const away = { connectorId: 'hubspot', kbUid: 'kb_crm' };

  it('is those that share it, where one of them ran well', () => {
    expect(around(connection, well('w', 60), well('i', minutes(5)), well('x', 60, shop))).toEqual({
      own: { listed: 5, succeeded: 1 },
    });
  });

  it('is for a connection the rest of its connector, where none did', () => {
    expect(
      around(
        connection,
        well('i', minutes(5)),
        well('x', 60, shop),
        well('y', minutes(5), shop),
        well('z', 60, away),
      ),
    ).toEqual({ own: { listed: 4, succeeded: 0 }, beyond: { listed: 2, succeeded: 1, where: 'connector' } });
  });

  it('is for a connection all others, where its connector has no others', () => {
    expect(around(connection, well('z', 60, away))).toEqual({
      own: { listed: 3, succeeded: 0 },
      beyond: { listed: 1, succeeded: 1, where: 'all' },
    });
  });

  it.each([
    ['connector', connector],
    ['knowledge base', kb],
  ])('is for a %s all others', (_kind, cause) => {
    expect(around(cause, well('y', minutes(5), away), well('z', 60, away))).toEqual({
      own: { listed: 3, succeeded: 0 },
      beyond: { listed: 2, succeeded: 1, where: 'all' },
    });
  });

  it('is for a knowledge base all others, though its connector has more', () => {
    const others = many(3, (id) => well(`w-${id}`, 60, { kbUid: 'kb_shop' }));
    expect(around(kb, ...others).beyond).toEqual({ listed: 3, succeeded: 3, where: 'all' });
  });

  it('is for a knowledge base all others, where no connector is known', () => {
    const peerStats = censusOf(...failing, well('z', 60, away));
    if (kb === undefined) throw new Error('the labels have no knowledge base');
    expect(peerStats.around(kb, { ...LABELS, connectorId: null }, BEGAN).beyond).toEqual({
      listed: 1,
      succeeded: 1,
      where: 'all',
    });
  });

  it('is that there are no others', () => {
    expect(around(connection)).toEqual({
      own: { listed: 3, succeeded: 0 },
      beyond: { listed: 0, succeeded: 0, where: 'all' },
    });
  });

  it('takes one that succeeded at the moment it began for one that has not run since', () => {
    expect(around(connection, well('w', minutes(4))).own).toEqual({ listed: 4, succeeded: 0 });
    expect(around(connection, well('w', minutes(4) - 1)).own).toEqual({ listed: 4, succeeded: 1 });
  });
});
