import { aFailingRecord, aRecord, MINUTE, START } from '../commands/a-world.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  type LocalServer,
  localServer,
} from '../http/local-server.ts';
import { faulty } from '../state/a-dynamodb.ts';
import { Deployed, MARK } from './a-deployed.ts';
import { failureOf } from './failure-of.ts';

afterEach(closeLocalServers);

interface Monitored {
  readonly deployed: Deployed;
  readonly monitor: LocalServer;
}

/** The function with a heartbeat in its secret, and the monitor that expects it. */
async function monitored(behaviour: Behaviour = answers(200, 'OK')): Promise<Monitored> {
  const deployed = await Deployed.start();
  const monitor = await localServer(behaviour);
  deployed.fill({ heartbeatUrl: `${monitor.url}/ping/${MARK}-0000` });
  return { deployed, monitor };
}

describe('a heartbeat is sent after exactly the checks that count as completed', () => {
  const later = ({ deployed }: Monitored) => {
    deployed.now += 5 * MINUTE;
    deployed.shown = [aRecord(deployed.now)];
  };
  test.each<[string, (it: Monitored) => unknown, unknown, number]>([
    ['an initial run', () => undefined, {}, 1],
    ['a check that posts', ({ deployed }) => (deployed.shown = [aFailingRecord(START)]), {}, 1],
    ['a dry run', () => undefined, { command: 'check', dryRun: true }, 0],
    ['a report', () => undefined, { command: 'report', post: false }, 0],
    ['a test', () => undefined, { command: 'test' }, 0],
    ['a refused key', ({ deployed }) => (deployed.apiKeys = []), {}, 0],
    [
      'a message that Slack refuses',
      ({ deployed }) => {
        deployed.shown = [aFailingRecord(START)];
        deployed.slackAnswer = answers(404, 'no_service');
      },
      {},
      0,
    ],
    [
      'a state that cannot be read',
      ({ deployed }) => void deployed.table.onQueries.push(faulty('ValidationException')),
      {},
      0,
    ],
  ])('%s', async (_, prepare, event, expected) => {
    const it = await monitored();
    prepare(it);
    const completed = await it.deployed.invoke(event).then(
      () => it.deployed.printed.some((line) => JSON.parse(line).ChecksCompleted === 1),
      () => false,
    );
    expect(it.monitor.requests).toHaveLength(expected);
    expect(completed).toBe(expected === 1);
  });

  test('a quiet check: two calls, and the heartbeat', async () => {
    const it = await monitored();
    await it.deployed.invoke();
    const before = it.deployed.calls();
    later(it);
    await it.deployed.invoke();
    const { listings, queries, writes, posts, secrets } = it.deployed.calls();
    expect([listings - before.listings, queries - before.queries]).toEqual([1, 1]);
    expect([writes, posts, secrets]).toEqual([before.writes, before.posts, before.secrets]);
    expect(it.monitor.requests).toHaveLength(2);
    expect(it.deployed.logged().entry).toMatchObject({
      ok: true,
      heartbeat: { ok: true },
      durationsMs: { heartbeat: expect.any(Number) },
    });
  });

  test('a check in a backoff, which leaves a notification undelivered', async () => {
    const it = await monitored();
    it.deployed.shown = [aFailingRecord(START)];
    it.deployed.slackAnswer = answers(429, '', { 'retry-after': '3600' });
    await failureOf(it.deployed.invoke());
    it.deployed.now += 5 * MINUTE;
    it.deployed.shown = [aFailingRecord(it.deployed.now)];
    expect(await it.deployed.invoke()).toMatchObject({ ok: true, undelivered: { count: 1 } });
    expect(it.monitor.requests).toEqual([]);
  });
});

test('without a heartbeat in the secret nothing is sent, and nothing is said of it', async () => {
  const deployed = await Deployed.start();
  expect(await deployed.invoke()).not.toHaveProperty('heartbeat');
  expect(deployed.logged().entry).not.toHaveProperty('heartbeat');
  expect(deployed.logged().entry['durationsMs']).toMatchObject({ heartbeat: expect.any(Number) });
});

test('a heartbeat that is not accepted is a part of the log entry with its section, and no failure', async () => {
  const { deployed } = await monitored(answers(404, `no monitor ${MARK}-0000`));
  const heartbeat = { ok: false, error: '404' };
  expect(await deployed.invoke()).toMatchObject({ ok: true, heartbeat });
  expect(deployed.logged()).toMatchObject({
    level: 'info',
    entry: { heartbeat, runbook: ['docs/runbook.md#a-heartbeat-was-not-accepted'] },
  });
  expect(deployed.metrics()).toMatchObject({ ChecksCompleted: 1 });
  expect(JSON.stringify(deployed.lines)).not.toContain(MARK);
});

test('a heartbeat that hangs ends with the check, 8 s before Lambda would end it', async () => {
  const { deployed } = await monitored(() => undefined);
  deployed.remainingMs = 9000;
  const startedMs = performance.now();
  expect(await deployed.invoke()).toMatchObject({
    ok: true,
    heartbeat: { ok: false, error: expect.stringContaining('DEADLINE') },
  });
  expect(performance.now() - startedMs).toBeLessThan(3000);
});
