import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { ENVIRONMENT_VARIABLES as NAMES } from '../../lambda/invocation/environment-variables.ts';
import { KEPT_SECONDS } from '../../lambda/secret/secret.ts';
import { aFailingRecord, aRecord, MINUTE, START } from '../commands/a-world.ts';
import { answers, closeLocalServers, hangs } from '../http/local-server.ts';
import { secretFault } from '../secret/a-secrets-manager.ts';
import { ADynamoDb, cancels, faulty, TABLE } from '../state/a-dynamodb.ts';
import { Deployed, MARK } from './a-deployed.ts';

let deployed: Deployed;

beforeEach(async () => {
  deployed = await Deployed.start();
});
afterEach(closeLocalServers);

describe('a check', () => {
  it('answers counts by problem, what was told and why, what is still due, and how long each step took', async () => {
    deployed.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices', name: 'invoices' })];
    const durations = expect.any(Number);
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
      text: expect.stringContaining('First look: 1 sync needs a person'),
      posts: { accepted: 1, refused: 0, unconfirmed: 0, repeated: 0 },
      undelivered: { count: 0 },
      saved: true,
      durationsMs: {
        secret: durations,
        load: durations,
        list: durations,
        save: durations,
        post: durations,
        total: durations,
      },
    });
  });

  it('that is quiet on a warm container makes two calls, the listing and one query, and writes nothing', async () => {
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

  it('in another container is silent too, and writes nothing', async () => {
    deployed.shown = [aFailingRecord(START)];
    await deployed.invoke();
    const { posts, writes } = deployed.calls();
    deployed.freshContainer();
    await deployed.invoke();
    expect(deployed.calls()).toMatchObject({ posts, writes });
  });

  it('that is dry says what would be told, posts and writes nothing', async () => {
    deployed.shown = [aFailingRecord(START)];
    expect(await deployed.invoke({ command: 'check', dryRun: true })).toMatchObject({
      ok: true,
      dryRun: true,
      wouldNotify: [{ alert: 'sync:orders', reason: 'new' }],
      text: expect.stringContaining('is failing'),
      saved: false,
    });
    expect(deployed.calls()).toMatchObject({ posts: 0, writes: 0 });
  });

  it('is one line in the log, with the outcome and when it was scheduled', async () => {
    await deployed.invoke({ command: 'check', scheduledAt: '2026-11-24T09:00:00Z' });
    expect(deployed.lines).toHaveLength(1);
    expect(deployed.logged()).toMatchObject({
      level: 'info',
      entry: { ok: true, command: 'check', scheduledAt: '2026-11-24T09:00:00Z', coldStart: true, open: 0 },
    });
    await deployed.invoke();
    expect(deployed.logged().entry).toMatchObject({ coldStart: false });
  });

  it('that tells is a line for each change and one with their number; that is quiet is one line', async () => {
    deployed.shown = [
      aFailingRecord(START, { id: 'invoices', name: 'invoices' }),
      aFailingRecord(START, { id: 'orders', name: 'orders' }),
    ];
    await deployed.invoke();
    const told = { event: 'notified', problem: 'failing', severity: 'warning', reason: 'new' };
    expect(deployed.lines.splice(0)).toEqual([
      { level: 'info', entry: { ...told, alert: 'sync:invoices', name: 'invoices' } },
      { level: 'info', entry: { ...told, alert: 'sync:orders', name: 'orders' } },
      { level: 'info', entry: expect.objectContaining({ ok: true, result: 'checked', notified: 2 }) },
    ]);
    await deployed.invoke();
    expect(deployed.lines).toEqual([
      { level: 'info', entry: expect.objectContaining({ ok: true, result: 'checked', notified: 0 }) },
    ]);
    expect(deployed.logged().entry).not.toHaveProperty('runbook');
  });

  it('of which Slack took a part: what it took is told, the rest tried', async () => {
    const long = 'x'.repeat(120);
    deployed.shown = Array.from({ length: 60 }, (_, index) =>
      aFailingRecord(START, {
        id: `sync-${index}`,
        name: `${long} ${index}`,
        connection_ref: `c${index}`,
        connector_id: `c${index}`,
        kb_uid: `k${index}`,
      }),
    );
    deployed.slackAnswers = [answers(200, 'ok'), answers(404, 'no_service')];
    await failure(deployed.invoke());
    const { told, attempted } = deployed.logged().entry;
    expect(attempted).toBe(60);
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(60);
    expect(deployed.lines.filter(({ entry }) => entry['event'] === 'notified')).toHaveLength(Number(told));
  });

  it('that found something about the watcher beside names the section of the runbook', async () => {
    deployed.shown = [aRecord(START), aRecord(START, { id: 'b' }), aRecord(START, { id: null })];
    await deployed.invoke();
    expect(deployed.logged().entry['runbook']).toEqual(['docs/runbook.md#records-that-cannot-be-read']);
  });

  it('prints its metrics as they are, once, also when it fails', async () => {
    await deployed.invoke();
    expect(deployed.metrics()).toMatchObject({
      Environment: 'prod',
      requestId: 'request-1',
      ChecksCompleted: 1,
      SyncsWatched: 1,
    });
    deployed.shown = [aFailingRecord(START)];
    deployed.slackAnswer = answers(404, 'no_service');
    await failure(deployed.invoke());
    expect(deployed.metrics()).toMatchObject({ ChecksCompleted: 0, SyncsFailing: 1, MessagesPosted: 0 });
    deployed.now += 61 * MINUTE;
    deployed.shown = [aFailingRecord(START)];
    await failure(deployed.invoke());
    expect(deployed.metrics()).toMatchObject({ ChecksCompleted: 0, OldestUndeliveredSeconds: 3660 });
    deployed.apiKeys = [];
    await failure(deployed.invoke());
    expect(deployed.metrics()).not.toHaveProperty('SyncsWatched');
    deployed.table.onQueries.push(faulty('AccessDeniedException'));
    await failure(deployed.invoke());
    const { _aws, ...figures } = deployed.metrics();
    expect(figures).toEqual({ Environment: 'prod', requestId: 'request-1', ChecksCompleted: 0 });
    expect(deployed.printed).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a dry run', { command: 'check', dryRun: true }],
    ['a report', { command: 'report' }],
    ['a test', { command: 'test' }],
    ['what was asked wrongly', { command: 'chekc' }],
  ])('is what the metrics count: not %s', async (_, event) => {
    await deployed.invoke(event);
    deployed.apiKeys = [];
    await deployed.invoke(event).catch(() => undefined);
    expect(deployed.printed).toEqual([]);
  });

  it('finds the claim of another and says until when', async () => {
    deployed.shown = [aFailingRecord(START)];
    deployed.table.onWrites.push(undefined, cancels('ValidationError'), cancels('ValidationError'));
    await failure(deployed.invoke());
    deployed.now += MINUTE;
    expect(await deployed.invoke()).toMatchObject({
      ok: true,
      result: 'lease_held',
      reason: expect.stringContaining('2026-11-24T09:01:30'),
    });
  });

  it('of many thousand alerts answers less than Lambda takes, and logs less than CloudWatch does', async () => {
    deployed.shown = Array.from({ length: 12_000 }, (_, index) =>
      aFailingRecord(START, { id: `sync-${index}`, name: `the sync number ${index} of many` }),
    );
    const answer = await deployed.invoke();
    expect(answer).toMatchObject({ ok: true, open: 12_000, omitted: 11_000 });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(6_000_000);
    expect(Buffer.byteLength(JSON.stringify(deployed.logged()))).toBeLessThan(200_000);
    const report = await deployed.invoke({ command: 'report', post: false });
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(6_000_000);
    expect(report['omitted']).toBeGreaterThan(0);
  }, 30_000);
});

describe('a check that fails throws', () => {
  it('what CheckFailed says, and nothing else of it; the outcome is in the log', async () => {
    deployed.shown = [aFailingRecord(START)];
    deployed.slackAnswer = answers(404, 'no_service');
    const error = await failure(deployed.invoke());
    expect(error).not.toBeInstanceOf(CheckFailed);
    expect(error.message).toContain('slack webhook "default" answered 404 no_service');
    expect(Object.keys(error).sort()).toEqual(['code', 'name']);
    expect(error.cause).toBeUndefined();
    expect(deployed.logged()).toMatchObject({
      level: 'error',
      entry: {
        ok: false,
        error: { code: 'check_failed', message: error.message },
        attempted: 1,
        notified: 0,
        runbook: 'docs/runbook.md#slack-does-not-take-it',
        undelivered: { count: 1 },
        durationsMs: { list: expect.any(Number), post: expect.any(Number), total: expect.any(Number) },
      },
    });
  });

  it('when the syncs cannot be listed, and says so in Slack at the first look', async () => {
    deployed.apiKeys = [];
    expect((await failure(deployed.invoke())).message).toContain('401');
    expect(deployed.calls()).toMatchObject({ posts: 1, secrets: 2 });
  });

  it('when memory cannot be read, and posts nothing', async () => {
    deployed.table.onQueries.push(faulty('AccessDeniedException'));
    const { message } = await failure(deployed.invoke());
    expect(message).toContain(`table "${TABLE}"`);
    expect(message).toContain('dynamodb:Query');
    expect(deployed.calls()).toMatchObject({ posts: 0, writes: 0 });
  });

  it('when the secret is not usable, and calls nothing else', async () => {
    deployed.fill({ timbalApiKey: 'REPLACE_ME' });
    const { message } = await failure(deployed.invoke());
    expect(message).toContain('"timbalApiKey" still holds the placeholder. Fill it: aws secretsmanager');
    expect(deployed.calls()).toMatchObject({ listings: 0, posts: 0, queries: 0 });
    expect(deployed.logged()).toMatchObject({ level: 'error', entry: { command: 'check', ok: false } });
  });

  it('when it is set up wrongly: every fault at once, and again until it is mended', async () => {
    deployed.environment[NAMES.tableName] = '';
    deployed.policy = '{"colour":"red"}';
    for (const _time of [1, 2]) {
      const { message } = await failure(deployed.invoke());
      expect(message).toMatch(/SYNC_ALERTS_TABLE is not set; policy\.json: colour/);
    }
    deployed.environment[NAMES.tableName] = TABLE;
    deployed.policy = '{}';
    expect(await deployed.invoke()).toMatchObject({ ok: true });
  });

  it('by a defect of ours too: its stack is in the log, and no secret in either', async () => {
    await deployed.invoke();
    deployed.clock = () => {
      throw new TypeError(`no clock for ${MARK}-key`);
    };
    const error = await failure(deployed.invoke());
    expect(error).toMatchObject({ code: 'unexpected', message: 'unexpected TypeError: no clock for ***' });
    expect(deployed.logged().entry['stack']).toMatch(/no clock for \*\*\*\n +at /);
  });

  it('without a secret in what it says, also where an error of ours would repeat one', async () => {
    deployed.environment[NAMES.tableName] = `${MARK}-key`;
    deployed.table.onQueries.push(faulty('AccessDeniedException'));
    expect((await failure(deployed.invoke())).message).toContain('the memory in table "***"');
    expect(JSON.stringify(deployed.lines)).not.toContain(MARK);
  });

  it('when the API does not answer, well before Lambda would kill it', async () => {
    deployed.apiBehaviour = hangs;
    deployed.leftMs = 15_000;
    const started = performance.now();
    expect((await failure(deployed.invoke())).message).toContain('no answer before the deadline');
    expect(performance.now() - started).toBeLessThan(7_000);
  }, 15_000);
});

describe('the secret of a warm container', () => {
  it('is read again after its time', async () => {
    await deployed.invoke();
    deployed.now += (KEPT_SECONDS - 1) * 1000;
    await deployed.invoke();
    expect(deployed.calls().secrets).toBe(1);
    deployed.now += 1000;
    await deployed.invoke();
    expect(deployed.calls().secrets).toBe(2);
  });

  it('is read afresh when its key is refused, and the check goes on', async () => {
    await deployed.invoke();
    deployed.apiKeys = [`${MARK}-rotated`];
    deployed.fill({ timbalApiKey: `${MARK}-rotated` });
    expect(await deployed.invoke()).toMatchObject({ ok: true, syncs: { healthy: 1 } });
    expect(deployed.calls().secrets).toBe(2);
  });

  it('with another organisation in it has another memory', async () => {
    deployed.shown = [aFailingRecord(START)];
    await deployed.invoke();
    deployed.fill({ timbalOrgId: 'globex' });
    deployed.now += KEPT_SECONDS * 1000;
    deployed.table = new ADynamoDb();
    expect(await deployed.invoke()).toMatchObject({ organisation: 'globex', notified: [{ reason: 'new' }] });
    expect(deployed.servers.api.requests.at(-1)?.url).toBe('/orgs/globex/connectors/syncs');
  });
});

describe('the other commands', () => {
  it('report: posts the health of every sync, answers it, and writes nothing', async () => {
    deployed.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices' })];
    expect(await deployed.invoke({ command: 'report' })).toMatchObject({
      ok: true,
      command: 'report',
      unhealthy: [{ id: 'invoices' }],
      healthy: [{ connector: 'postgres', count: 1 }],
      posts: { accepted: 1 },
    });
    expect(deployed.calls()).toMatchObject({ posts: 1, writes: 0 });
    expect(deployed.logged().entry).toMatchObject({ command: 'report', unhealthy: 1 });
  });

  it('test: proves each step', async () => {
    expect(await deployed.invoke({ command: 'test' })).toMatchObject({
      ok: true,
      command: 'test',
      steps: [
        { step: 'secret', ok: true },
        { step: 'listing', ok: true },
        { step: 'state', ok: true },
        { step: 'slack', ok: true },
      ],
    });
    expect(deployed.calls()).toMatchObject({ posts: 1, writes: 0 });
  });

  it('test: fails with what to do when the secret may not be read', async () => {
    deployed.secrets.onReads.push(secretFault('AccessDeniedException'));
    expect((await failure(deployed.invoke({ command: 'test' }))).message).toContain(
      'secretsmanager:GetSecretValue',
    );
  });

  it('asked wrongly: answers the commands, calls nothing, and is no failure', async () => {
    expect(await deployed.invoke({ command: 'silence' })).toEqual({
      ok: false,
      error: expect.stringContaining('there is no command "silence". The commands: '),
    });
    expect(deployed.calls()).toEqual({ listings: 0, posts: 0, queries: 0, writes: 0, secrets: 0 });
    expect(deployed.logged()).toMatchObject({ level: 'info', entry: { ok: false } });
  });

  it('name the command that shows the rest of what is too long for Slack', async () => {
    deployed.shown = Array.from({ length: 500 }, (_, index) =>
      aFailingRecord(START, { id: `sync-${index}` }),
    );
    await deployed.invoke({ command: 'report' });
    const last = deployed.servers.slack.requests.at(-1)?.body ?? '';
    expect(JSON.parse(last).blocks.at(-3).text.text).toContain(
      `echo '{"command":"report","post":false}' | aws lambda invoke --region eu-west-1 --function-name SyncAlerts-prod-Function --cli-read-timeout 90 --payload fileb:///dev/stdin /dev/stdout`,
    );
  });
});

async function failure(attempt: Promise<unknown>): Promise<Error> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
