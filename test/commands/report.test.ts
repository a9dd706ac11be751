import { check } from '../../lambda/commands/check.ts';
import { report, rowsThatFit } from '../../lambda/commands/report.ts';
import type { ReportedSync } from '../../lambda/core/digest/reported-sync.ts';
import { aPolicy } from '../core/a-sync.ts';
import { aFailingRecord, aRecord, MINUTE, REFUSED, START, settings, UNCONFIRMED, World } from './a-world.ts';

function aWorld(): World {
  const world = new World();
  world.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices', name: 'invoices' })];
  return world;
}

describe('a report on demand', () => {
  it('posts and returns the health of every sync', async () => {
    const world = aWorld();
    expect(await report(world.ports, settings(), true)).toMatchObject({
      kind: 'report',
      environment: 'test',
      organisation: 'acme',
      syncs: { listed: 2, healthy: 1 },
      healthy: [{ connector: 'postgres', count: 1 }],
      unhealthy: [{ id: 'invoices', status: 'failing' }],
      omitted: 0,
      posts: { accepted: 1 },
    });
    expect(world.takePostedTexts()).toEqual([
      expect.stringContaining('Report: 1 sync needs attention and 1 healthy'),
    ]);
  });

  it('names the entry of the policy behind each exclusion, and those that do nothing', async () => {
    const world = aWorld();
    const until = '2027-01-01T00:00:00.000Z';
    const policy = aPolicy({
      exclude: [
        { match: { name: 'invoices' }, reason: 'known', until },
        { match: { id: 'none' }, reason: 'x' },
      ],
      overrides: [{ match: { source_kind: 'postgres' }, grace: '1h', owner: 'data-eng' }],
    });
    expect(await report(world.ports, { ...settings(), policy }, false)).toMatchObject({
      excluded: [{ rule: 'exclude.0', reason: 'known', until, count: 1 }],
      ruleNotes: [{ rule: 'exclude.1', match: 'id none', note: 'matches no sync' }],
    });
  });

  it('names the owner of a sync and the override that decided its limits', async () => {
    const overrides = [{ match: { name: 'invoices' }, owner: 'data-eng' }];
    const policy = aPolicy({ overrides });
    const { unhealthy } = await report(aWorld().ports, { ...settings(), policy }, false);
    expect(unhealthy).toMatchObject([{ owner: 'data-eng', override: 'overrides.0' }]);
  });

  it('is only returned when it is not to be posted', async () => {
    const world = aWorld();
    const { posts, unhealthy } = await report(world.ports, settings(), false);
    expect([posts.accepted, unhealthy.length]).toEqual([0, 1]);
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('writes nothing, also while another check holds the lease', async () => {
    const world = aWorld();
    const lease = { holder: 'another', expiresAt: START + 60_000 };
    world.stored = { state: { ...world.stored.state, lease }, version: 7 };
    await report(world.ports, settings(), true);
    expect(world.writes).toEqual([]);
    expect(world.stored.version).toBe(7);
  });

  it('fails when cannot list syncs', async () => {
    const world = aWorld();
    world.shown = { kind: 'failed', request: 'GET /orgs/acme/connectors/syncs', received: '503' };
    await expect(report(world.ports, settings(), true)).rejects.toMatchObject({
      code: 'report_failed',
      message: 'nothing to report: could not list: 503',
    });
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('fails at an empty listing after one with syncs', async () => {
    const world = aWorld();
    await check(world.ports, settings());
    world.shown = [];
    await expect(report(world.ports, settings(), true)).rejects.toThrow('no syncs at all');
  });

  it.each([
    ['refuses it', REFUSED],
    ['does not confirm it', UNCONFIRMED],
  ])('fails when Slack %s, with the number of messages that were posted', async (_name, result) => {
    const world = aWorld();
    world.postResults.push(result);
    await expect(report(world.ports, settings(), true)).rejects.toThrow(
      /^0 of 1 messages of the report were posted: slack webhook/,
    );
  });

  it('counts the open alerts as a check would at the same time, and says what that check would send', async () => {
    const world = aWorld();
    const before = await report(world.ports, settings(), false);
    const outcome = await check(world.ports, { ...settings(), dryRun: true });
    expect(outcome).toMatchObject({ open: before.open, syncs: before.syncs });
    expect(before.unhealthy).toMatchObject([{ notification: 'would be sent now: it fires' }]);
    await check(world.ports, settings());
    world.now += 5 * MINUTE;
    const after = await report(world.ports, settings(), false);
    expect(after.unhealthy).toMatchObject([
      { notification: expect.stringMatching(/^already notified 5 m ago/) },
    ]);
  });

  /** Sixty syncs with names of 40 characters, each on a connection of its own. */
  const sixty = (record: (at: number, labels: Readonly<Record<string, unknown>>) => unknown) =>
    Array.from({ length: 60 }, (_, index) => {
      const long = (what: string) => `${what}-${String(index).padStart(2, '0')}`.padEnd(40, 'x');
      const labels = { connector_id: long('connector'), connection_ref: long('connection') };
      return record(START, { id: long('id'), name: long('sync'), kb_uid: long('kb'), ...labels });
    });

  it.each([
    ['healthy', sixty(aRecord)],
    ['failing', sixty(aFailingRecord)],
    ['failing alone', [...sixty(aFailingRecord).slice(0, 28), ...sixty(aRecord).slice(28)]],
    ['paused', sixty((at, labels) => aRecord(at, { ...labels, enabled: false, disabled_reason: null }))],
    [
      'unreadable but for one',
      [aRecord(START), ...sixty((at, labels) => aRecord(at, { ...labels, interval_secs: 'x' }))],
    ],
  ])('of 60 syncs fits one message: %s', async (_name, syncs) => {
    const world = aWorld();
    world.shown = syncs;
    const { posts } = await report(world.ports, settings(), true);
    expect(posts.accepted).toBe(1);
    expect(world.posted[0]?.blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(world.posted[0]?.blocks).length).toBeLessThanOrEqual(10_000);
  });

  it('of 3,000 unhealthy syncs names the command that shows the others', async () => {
    const world = aWorld();
    world.shown = Array.from({ length: 6000 }, (_, index) =>
      (index < 3000 ? aFailingRecord : aRecord)(START, {
        id: `s${index}`,
        name: `sync ${index}`,
        connection_ref: `c${index % 3000}`,
      }),
    );
    const { posts, unhealthy, connections } = await report(world.ports, settings(), true);
    expect([posts.accepted, unhealthy.length, connections.length]).toEqual([1, 3000, 1000]);
    expect(JSON.stringify(world.posted.at(-1)?.blocks)).toContain(
      '… and 2,988 more: `npm start -- --json` shows them',
    );
  });
});

describe('the rows of a report', () => {
  const row: ReportedSync = {
    id: 'é',
    name: null,
    status: 'failing',
    severity: 'warning',
    summary: '',
    notification: null,
    connector: null,
    connection: null,
    source: null,
    knowledgeBase: null,
    table: null,
    intervalSeconds: null,
    lagSeconds: null,
    lastState: null,
    lastSuccessAt: null,
    openSince: null,
    owner: null,
    override: null,
  };
  const bytes = Buffer.byteLength(JSON.stringify(row)) + 1;

  it.each([
    [2 * bytes - 1, 1],
    [2 * bytes, 2],
    [2 * bytes + 1, 2],
  ])('that fit into %i bytes are %i, and the rest is counted', (maxBytes, rows) => {
    expect(rowsThatFit([row, row, row], maxBytes)).toEqual({
      unhealthy: Array(rows).fill(row),
      omitted: 3 - rows,
    });
  });
});
