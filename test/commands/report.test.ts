import { fitted, report } from '../../lambda/commands/report.ts';
import type { ReportedSync } from '../../lambda/core/digest/report.ts';
import { aFailingRecord, aRecord, REFUSED, START, settings, UNCERTAIN, World } from './a-world.ts';

function aWorld(): World {
  const world = new World();
  world.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices', name: 'invoices' })];
  return world;
}

describe('a report on demand', () => {
  it('posts the health of every sync, and answers it', async () => {
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
    expect(world.said()).toEqual([expect.stringContaining('Report: 1 sync needs a person and 1 healthy')]);
  });

  it('that is not to be posted is answered only', async () => {
    const world = aWorld();
    const { posts, unhealthy } = await report(world.ports, settings(), false);
    expect([posts.accepted, unhealthy.length]).toEqual([0, 1]);
    expect(world.said()).toEqual([]);
  });

  it('writes nothing, also while another check is at work', async () => {
    const world = aWorld();
    const lease = { holder: 'another', expiresAt: START + 60_000 };
    world.stored = { state: { ...world.stored.state, lease }, version: 7 };
    await report(world.ports, settings(), true);
    expect(world.writes).toEqual([]);
    expect(world.stored.version).toBe(7);
  });

  it('fails when the syncs cannot be seen', async () => {
    const world = aWorld();
    world.shown = { kind: 'failed', request: 'GET /orgs/acme/connectors/syncs', received: '503' };
    await expect(report(world.ports, settings(), true)).rejects.toMatchObject({
      code: 'report_failed',
      message: 'nothing to report: could not list: 503',
    });
    expect(world.said()).toEqual([]);
  });

  it('fails when nothing is listed where there were syncs', async () => {
    const world = aWorld();
    world.shown = [];
    const { state } = world.stored;
    world.stored = { state: { ...state, facts: { ...state.facts, size: { normal: 2 } } }, version: 1 };
    await expect(report(world.ports, settings(), true)).rejects.toThrow('no syncs at all');
  });

  it.each([
    ['refuses it', REFUSED],
    ['does not answer', UNCERTAIN],
  ])('fails when Slack %s, and says how much of it was posted', async (_name, answer) => {
    const world = aWorld();
    world.answers.push(answer);
    await expect(report(world.ports, settings(), true)).rejects.toThrow(
      /^0 of 1 messages of the report were posted: slack webhook/,
    );
  });

  it('of thousands in trouble is three messages at most', async () => {
    const world = aWorld();
    world.shown = Array.from({ length: 3000 }, (_, index) =>
      aFailingRecord(START, { id: `s${index}`, name: `sync ${index}` }),
    );
    const { posts, unhealthy } = await report(world.ports, settings(), true);
    expect([posts.accepted, unhealthy.length]).toEqual([3, 3000]);
    expect(JSON.stringify(world.posted.at(-1)?.blocks)).toContain('more: ');
  });
});

describe('the answer to a report', () => {
  const row: ReportedSync = {
    id: 'é',
    name: null,
    status: 'failing',
    severity: 'warning',
    summary: '',
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
  };
  const bytes = Buffer.byteLength(JSON.stringify(row)) + 1;

  it.each([
    [2 * bytes - 1, 1],
    [2 * bytes, 2],
    [2 * bytes + 1, 2],
  ])('of %i bytes holds %i rows, and says how many it leaves out', (most, rows) => {
    expect(fitted([row, row, row], most)).toEqual({ unhealthy: Array(rows).fill(row), omitted: 3 - rows });
  });
});
