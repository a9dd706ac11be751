import { type Cause, causesOf } from '../../../lambda/core/notify/cause.ts';
import { PeerStats } from '../../../lambda/core/notify/peer-stats.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anAlert,
  anEvaluation,
  anUnavailableEvaluation,
  aSync,
  LABELS,
  minutes,
  type SyncOverrides,
} from '../a-sync.ts';

const CONNECTION = 'connection:8:postgres:pg-main';
const CONNECTOR = 'connector:postgres';
const KB = 'kb:kb_sales';

function statsOf(...syncs: readonly Sync[]): PeerStats {
  const peerStats = PeerStats.of(anEvaluation(syncs), aFacts());
  if (peerStats === undefined) throw new Error('the listing failed');
  return peerStats;
}

/** A healthy sync that last succeeded so many seconds ago. */
const healthy = (id: string, secondsAgo: number, overrides: SyncOverrides = {}) =>
  aSync({ id, lastSuccessAt: ago(secondsAgo), ...overrides });
const many = (count: number, make: (id: string) => Sync) =>
  Array.from({ length: count }, (_, index) => make(`s${index}`));

it('there are no peer stats while the listing fails', () => {
  expect(PeerStats.of(anUnavailableEvaluation(), aFacts())).toBeUndefined();
});

describe('the number of syncs that share a cause', () => {
  it('counts healthy and unhealthy syncs for each cause', () => {
    const peerStats = statsOf(
      aSync({ id: 'a' }),
      aFailingSync({ id: 'b' }),
      aSync({ id: 'c', connectionRef: 'pg-shop', kbUid: 'kb_shop' }),
      aSync({ id: 'd', connectorId: 'hubspot' }),
    );
    expect([CONNECTION, CONNECTOR, KB].map((key) => peerStats.listed(key))).toEqual([2, 3, 3]);
  });

  it('is 0 for an unknown cause', () => {
    expect(statsOf(aSync()).listed('kb:another')).toBe(0);
    expect(statsOf(aSync()).succeededSince('kb:another', ago(minutes(60)))).toBe(0);
  });

  it('leaves out paused syncs, and counts those that the platform disabled', () => {
    const disabled = { enabled: false } as const;
    const peerStats = statsOf(
      aSync({ id: 'a', ...disabled, disabledReason: null }),
      aSync({ id: 'b', ...disabled, disabledReason: '10 failures' }),
      aSync({ id: 'c' }),
    );
    expect(peerStats.listed(CONNECTION)).toBe(2);
    expect(peerStats.succeededSince(CONNECTION, ago(minutes(60)))).toBe(1);
  });
});

describe('the number of syncs that succeeded since', () => {
  it('leaves out a healthy sync whose flapping alert is held open', () => {
    const facts = aFacts({ 'sync:a': anAlert({ healthySince: ago(60) }) });
    const peerStats = PeerStats.of(anEvaluation([healthy('a', 60), healthy('b', 60)]), facts);
    expect(peerStats?.succeededSince(CONNECTION, ago(300))).toBe(1);
  });

  it.each([
    [299, 0],
    [300, 0],
    [301, 1],
  ])('counts a success 300 s ago when it is later than the moment: since %d s: %d', (seconds, count) =>
    expect(statsOf(healthy('a', 300)).succeededSince(CONNECTION, ago(seconds))).toBe(count),
  );

  it('is right for each moment, whatever the order of the listing', () => {
    const peerStats = statsOf(
      healthy('a', 300),
      healthy('b', 60),
      healthy('c', 600),
      healthy('d', 60),
      healthy('e', 0),
    );
    const since = [0, 1, 60, 61, 300, 301, 600, 601].map((seconds) =>
      peerStats.succeededSince(CONNECTION, ago(seconds)),
    );
    expect(since).toEqual([0, 1, 1, 3, 3, 4, 4, 5]);
  });

  it('leaves out unhealthy syncs, however late their success', () => {
    const peerStats = statsOf(aFailingSync({ lastSuccessAt: ago(60), lastRunAt: ago(30) }));
    expect(peerStats.succeededSince(CONNECTION, ago(minutes(60)))).toBe(0);
  });

  it('leaves out a healthy sync that has not run yet', () => {
    const young = aSync({ lastSuccessAt: null, lastRunAt: null, lastState: null, createdAt: ago(60) });
    const peerStats = statsOf(young);
    expect(peerStats.listed(CONNECTION)).toBe(1);
    expect(peerStats.succeededSince(CONNECTION, ago(minutes(60)))).toBe(0);
  });
});

describe('the last run of a sync', () => {
  it('is the start of its last run', () => {
    const peerStats = statsOf(aFailingSync({ lastRunAt: ago(90), lastSuccessAt: ago(900) }));
    expect(peerStats.lastRun('sync:orders')).toBe(ago(90));
  });

  it('is its creation when it never ran', () => {
    const never = { lastRunAt: null, lastSuccessAt: null, lastState: null };
    expect(statsOf(aSync({ ...never, createdAt: ago(60) })).lastRun('sync:orders')).toBe(ago(60));
    const undated = aSync({ ...never, enabled: false, createdAt: null });
    expect(statsOf(undated).lastRun('sync:orders')).toBeUndefined();
  });

  it('is undefined for a sync that is not listed', () => {
    expect(statsOf(aSync()).lastRun('sync:another')).toBeUndefined();
  });
});

describe('the peers around a cause', () => {
  const BEGAN = ago(minutes(4));
  const [connection, connector, kb] = causesOf(LABELS);
  const failing = many(3, (id) => aFailingSync({ id }));
  const around = (cause: Cause | undefined, ...others: readonly Sync[]) => {
    if (cause === undefined) throw new Error('the labels have no such cause');
    return statsOf(...failing, ...others).around(cause, LABELS, BEGAN);
  };
  const shop = { connectionRef: 'pg-shop' };
  const away = { connectorId: 'hubspot', kbUid: 'kb_crm' };

  it('are those that share it, when one of them succeeded since', () => {
    const others = [healthy('w', 60), healthy('i', minutes(5)), healthy('x', 60, shop)];
    expect(around(connection, ...others)).toEqual({ own: { listed: 5, succeeded: 1 } });
  });

  it('are the rest of its connector for a connection, when none of its own succeeded', () => {
    expect(
      around(
        connection,
        healthy('i', minutes(5)),
        healthy('x', 60, shop),
        healthy('y', minutes(5), shop),
        healthy('z', 60, away),
      ),
    ).toEqual({ own: { listed: 4, succeeded: 0 }, beyond: { listed: 2, succeeded: 1, where: 'connector' } });
  });

  it('are all others for a connection, when its connector has no others', () => {
    expect(around(connection, healthy('z', 60, away))).toEqual({
      own: { listed: 3, succeeded: 0 },
      beyond: { listed: 1, succeeded: 1, where: 'all' },
    });
  });

  it.each([
    ['connector', connector],
    ['knowledge base', kb],
  ])('are all others for a %s', (_kind, cause) => {
    expect(around(cause, healthy('y', minutes(5), away), healthy('z', 60, away))).toEqual({
      own: { listed: 3, succeeded: 0 },
      beyond: { listed: 2, succeeded: 1, where: 'all' },
    });
  });

  it('are all others for a knowledge base, though its connector has more', () => {
    const others = many(3, (id) => healthy(`w-${id}`, 60, { kbUid: 'kb_shop' }));
    expect(around(kb, ...others).beyond).toEqual({ listed: 3, succeeded: 3, where: 'all' });
  });

  it('are all others for a knowledge base, when the connector is unknown', () => {
    const peerStats = statsOf(...failing, healthy('z', 60, away));
    if (kb === undefined) throw new Error('the labels have no knowledge base');
    expect(peerStats.around(kb, { ...LABELS, connectorId: null }, BEGAN).beyond).toEqual({
      listed: 1,
      succeeded: 1,
      where: 'all',
    });
  });

  it('are none when there are no other syncs', () => {
    expect(around(connection)).toEqual({
      own: { listed: 3, succeeded: 0 },
      beyond: { listed: 0, succeeded: 0, where: 'all' },
    });
  });

  it('did not succeed since when the success came at the moment at which the trouble began', () => {
    expect(around(connection, healthy('w', minutes(4))).own).toEqual({ listed: 4, succeeded: 0 });
    expect(around(connection, healthy('w', minutes(4) - 1)).own).toEqual({ listed: 4, succeeded: 1 });
  });
});
