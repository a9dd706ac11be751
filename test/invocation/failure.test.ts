import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { ENVIRONMENT_VARIABLES as NAMES } from '../../lambda/invocation/environment-variables.ts';
import { aFailingRecord, START } from '../commands/a-world.ts';
import { answers, closeLocalServers, hangs } from '../http/local-server.ts';
import { faulty, TABLE } from '../state/a-dynamodb.ts';
import { Deployed, MARK } from './a-deployed.ts';
import { failureOf } from './failure-of.ts';

let deployed: Deployed;

beforeEach(async () => {
  deployed = await Deployed.start();
});
afterEach(closeLocalServers);

describe('a check that fails', () => {
  it('throws a bare error with the message of CheckFailed, and logs the outcome', async () => {
    deployed.shown = [aFailingRecord(START)];
    deployed.slackAnswer = answers(404, 'no_service');
    const error = await failureOf(deployed.invoke());
    expect(error).not.toBeInstanceOf(CheckFailed);
    expect(error.message).toMatch(/webhook "default".* 404 no_service/);
    expect(Object.keys(error).sort()).toEqual(['code', 'name']);
    expect(error.cause).toBeUndefined();
    expect(deployed.logged()).toMatchObject({
      level: 'error',
      entry: {
        ok: false,
        error: { code: 'check_failed', message: error.message },
        attempted: 1,
        notified: 0,
        runbook: 'docs/runbook.md#slack-refuses-messages',
        undelivered: { count: 1 },
        durationsMs: { list: expect.any(Number), post: expect.any(Number), total: expect.any(Number) },
      },
    });
  });

  it('because the syncs cannot be listed sends that at the initial run', async () => {
    deployed.apiKeys = [];
    expect((await failureOf(deployed.invoke())).message).toContain('401');
    expect(deployed.calls()).toMatchObject({ posts: 1, secrets: 2 });
    expect(deployed.logged().entry).toMatchObject({ runbook: 'docs/runbook.md#the-syncs-cannot-be-listed' });
  });

  it('because the state cannot be read posts and writes nothing', async () => {
    deployed.table.onQueries.push(faulty('AccessDeniedException'));
    const { message } = await failureOf(deployed.invoke());
    expect(message).toContain(`table "${TABLE}"`);
    expect(message).toContain('dynamodb:Query');
    expect(deployed.calls()).toMatchObject({ posts: 0, writes: 0 });
    expect(deployed.logged().entry).toMatchObject({
      runbook: 'docs/runbook.md#state-cannot-be-read-or-written',
    });
  });

  it('because the secret is incomplete calls nothing else', async () => {
    deployed.fill({ timbalApiKey: 'REPLACE_ME' });
    const { message } = await failureOf(deployed.invoke());
    expect(message).toMatch(/"timbalApiKey" still holds the placeholder.* aws secretsmanager /);
    expect(deployed.calls()).toMatchObject({ listings: 0, posts: 0, queries: 0 });
    expect(deployed.logged()).toMatchObject({
      level: 'error',
      entry: { command: 'check', ok: false, runbook: 'docs/runbook.md#the-secret-cannot-be-used' },
    });
  });

  it('because of its settings names every fault, at each invocation until they are fixed', async () => {
    deployed.environment[NAMES.tableName] = '';
    deployed.policy = '{"colour":"red"}';
    for (const _invocation of [1, 2]) {
      const { message } = await failureOf(deployed.invoke());
      expect(message).toMatch(/SYNC_ALERTS_TABLE is not set; policy\.json: colour/);
      expect(deployed.logged().entry).toMatchObject({ runbook: 'docs/runbook.md#the-settings-are-invalid' });
    }
    deployed.environment[NAMES.tableName] = TABLE;
    deployed.policy = '{}';
    expect(await deployed.invoke()).toMatchObject({ ok: true });
  });

  it('by a defect logs the stack without secrets', async () => {
    await deployed.invoke();
    deployed.clock = () => {
      throw new TypeError(`no clock for ${MARK}-key`);
    };
    const error = await failureOf(deployed.invoke());
    expect(error).toMatchObject({ code: 'unexpected', message: 'unexpected TypeError: no clock for ***' });
    expect(deployed.logged().entry['stack']).toMatch(/no clock for \*\*\*\n +at /);
    expect(deployed.logged().entry['runbook']).toBe('docs/runbook.md#an-unexpected-error');
  });

  it('contains no secret, also when a setting repeats one', async () => {
    deployed.environment[NAMES.tableName] = `${MARK}-key`;
    deployed.table.onQueries.push(faulty('AccessDeniedException'));
    expect((await failureOf(deployed.invoke())).message).toContain('table "***"');
    expect(JSON.stringify(deployed.lines)).not.toContain(MARK);
  });

  it('because Timbal does not respond ends 8 s before Lambda kills it', async () => {
    deployed.apiBehaviour = hangs;
    deployed.remainingMs = 14_000;
    const startedMs = performance.now();
    expect((await failureOf(deployed.invoke())).message).toContain('before the deadline');
    expect(performance.now() - startedMs).toBeLessThan(14_000 - 8_000);
  });
});
