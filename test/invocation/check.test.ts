import { aFailingRecord, aRecord, MINUTE, START } from '../commands/a-world.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { ADynamoDb, cancels } from '../state/a-dynamodb.ts';
import { Deployed, MARK } from './a-deployed.ts';
import { failureOf } from './failure-of.ts';

let deployed: Deployed;

beforeEach(async () => {
  deployed = await Deployed.start();
});
afterEach(closeLocalServers);

describe('the response of a check', () => {
  it('holds counts by problem, the changes with their reasons, what is undelivered, and durations', async () => {
    deployed.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices', name: 'invoices' })];
    const milliseconds = expect.any(Number);
    expect(await deployed.invoke()).toEqual({
      ok: true,
      command: 'check',
      result: 'checked',
      at: '2026-11-24T09:00:00.000Z',
      environment: 'prod',
      organisation: 'acme',
      dryRun: false,
      syncs: expect.objectContaining({
        listed: 2,
        healthy: 1,
        problems: expect.objectContaining({ failing: 1 }),
      }),
      open: 1,
      notified: [
        { alert: 'sync:invoices', name: 'invoices', problem: 'failing', severity: 'warning', reason: 'new' },
      ],
      decisions: [
        { alert: 'sync:invoices', name: 'invoices', notify: true, reason: 'new', text: expect.any(String) },
      ],
      text: expect.stringContaining('1 sync needs attention'),
      evidence: { calls: 3, missing: expect.any(Array) },
      posts: { accepted: 1, refused: 0, unconfirmed: 0, repeated: 0 },
      undelivered: { count: 0 },
      saved: true,
      durationsMs: {
        secret: milliseconds,
        load: milliseconds,
        list: milliseconds,
        explain: milliseconds,
        save: milliseconds,
        post: milliseconds,
        heartbeat: milliseconds,
        total: milliseconds,
      },
    });
  });

  it('to a dry run holds what would be sent, and the check posts and writes nothing', async () => {
    deployed.shown = [aFailingRecord(START)];
    expect(await deployed.invoke({ command: 'check', dryRun: true })).toMatchObject({
      ok: true,
      dryRun: true,
      wouldNotify: [{ alert: 'sync:orders', reason: 'new' }],
      text: expect.stringContaining('is failing'),
      saved: false,
    });
    expect(deployed.calls()).toMatchObject({ posts: 0, writes: 0 });
    expect(deployed.logged().entry).toMatchObject({ ok: true, dryRun: true, wouldNotify: 1 });
    expect(deployed.lines).toHaveLength(1);
  });

  it('gives the time when the lease of another check expires', async () => {
    deployed.shown = [aFailingRecord(START)];
    deployed.table.onWrites.push(undefined, cancels('ValidationError'), cancels('ValidationError'));
    await failureOf(deployed.invoke());
    deployed.now += MINUTE;
    expect(await deployed.invoke()).toMatchObject({
      ok: true,
      result: 'lease_held',
      reason: expect.stringContaining('2026-11-24T09:01:30'),
    });
    expect(deployed.logged().entry['runbook']).toEqual(['docs/runbook.md#another-check-was-running']);
  });
});

describe('the calls of a check', () => {
  it('that is quiet in a warm container are one listing and one query', async () => {
    deployed.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices' })];
    await deployed.invoke();
    const before = deployed.calls();
    deployed.now += 5 * MINUTE;
    expect(await deployed.invoke()).toMatchObject({ ok: true, notified: [], saved: false });
    const { listings, queries, ...others } = deployed.calls();
    expect({ listings: listings - before.listings, queries: queries - before.queries }).toEqual({
      listings: 1,
      queries: 1,
    });
    expect(others).toEqual({ posts: before.posts, writes: before.writes, secrets: before.secrets });
    expect(deployed.servers.aws.requests.length).toBe(before.queries + before.writes + before.secrets + 1);
  });

  it('that is quiet in another container include no post and no write', async () => {
    deployed.shown = [aFailingRecord(START)];
    await deployed.invoke();
    const { posts, writes } = deployed.calls();
    deployed.freshContainer();
    await deployed.invoke();
    expect(deployed.calls()).toMatchObject({ posts, writes });
  });
});

describe('the secret in a warm container', () => {
  it('is read again after 15 minutes', async () => {
    await deployed.invoke();
    deployed.now += (15 * 60 - 1) * 1000;
    await deployed.invoke();
    expect(deployed.calls().secrets).toBe(1);
    deployed.now += 1000;
    await deployed.invoke();
    expect(deployed.calls().secrets).toBe(2);
  });

  it('is read again when Timbal refuses the key, and the check goes on', async () => {
    await deployed.invoke();
    deployed.apiKeys = [`${MARK}-rotated`];
    deployed.fill({ timbalApiKey: `${MARK}-rotated` });
    expect(await deployed.invoke()).toMatchObject({ ok: true, syncs: { healthy: 1 } });
    expect(deployed.calls().secrets).toBe(2);
  });

  it('with another organisation leads to a state of its own', async () => {
    deployed.shown = [aFailingRecord(START)];
    await deployed.invoke();
    deployed.fill({ timbalOrgId: 'globex' });
    deployed.now += 15 * 60 * 1000;
    deployed.table = new ADynamoDb();
    expect(await deployed.invoke()).toMatchObject({ organisation: 'globex', notified: [{ reason: 'new' }] });
    const asked = deployed.servers.api.requests.map(({ url }) => url);
    expect(asked).toContain('/orgs/globex/connectors/syncs');
  });
});
