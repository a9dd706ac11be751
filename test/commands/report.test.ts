import { check } from '../../lambda/commands/check.ts';
import { report, rowsThatFit } from '../../lambda/commands/report.ts';
import type { ReportedSync } from '../../lambda/core/digest/reported-sync.ts';
import { aPolicy } from '../core/a-sync.ts';
import { aFailingRecord, aRecord, REFUSED, START, settings, UNCONFIRMED, World } from './a-world.ts';
import { sixtyFailing } from './run-check.ts';

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

  it('fails at the second message with the number of messages before it', async () => {
    const world = new World();
    world.shown = sixtyFailing(START);
    world.postResults.push({ kind: 'accepted' }, REFUSED);
    await expect(report(world.ports, settings(), true)).rejects.toThrow(
      /^1 of \d messages of the report were posted: slack webhook/,
    );
    expect(world.takePostedTexts()).toHaveLength(2);
  });

  it('of 3,000 unhealthy syncs takes three messages at most', async () => {
    const world = aWorld();
    world.shown = Array.from({ length: 3000 }, (_, index) =>
      aFailingRecord(START, { id: `s${index}`, name: `sync ${index}` }),
    );
    const { posts, unhealthy } = await report(world.ports, settings(), true);
    expect([posts.accepted, unhealthy.length]).toEqual([3, 3000]);
    expect(JSON.stringify(world.posted.at(-1)?.blocks)).toContain('more: ');
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
