import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { aFailingRecord, aRecord, HOUR, MINUTE, START } from '../commands/a-world.ts';
import { answers, answersJson, closeLocalServers, localServer } from '../http/local-server.ts';
import { KEY, Laptop, removeFolders, SECRETS, start, TOKEN } from './a-laptop.ts';

/** A failing sync whose last success never changes; its interval is so long that it never becomes critical. */
const FAILING = [aFailingRecord(START, { interval_secs: 30 * 86_400 })];

let laptop: Laptop;
beforeEach(async () => {
  laptop = await Laptop.start();
});
afterEach(async () => {
  await closeLocalServers();
  const printed = laptop.finished.flatMap(({ stdout, stderr }) => [stdout, stderr]);
  for (const text of [...printed, laptop.state() ?? ''])
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  removeFolders();
});

/** A check sent one failing sync, five minutes ago. */
async function afterOneAlert(): Promise<void> {
  laptop.shown = FAILING;
  await laptop.start();
  laptop.posted();
  laptop.now += 5 * MINUTE;
}

describe('npm start with a key and an organisation', () => {
  it('reports the syncs that need attention in Slack and on the terminal', async () => {
    laptop.shown = FAILING;
    const { status, stdout, stderr } = await laptop.start();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(laptop.posted()).toEqual([expect.stringContaining('orders is failing')]);
    expect(stdout).toContain('orders is failing');
    expect(stdout).toMatch(/1 sync: 0 healthy, 1 failing; 1 alert open; 1 message posted to Slack\.\n$/);
  });

  it('sends a heartbeat after a completed check, and none after a dry run or a failed check', async () => {
    const monitor = await localServer(answers(200, 'OK'));
    laptop.environment['HEARTBEAT_URL'] = `${monitor.url}/ping/${TOKEN}`;
    laptop.shown = [aRecord(START)];
    expect((await laptop.start('--dry-run')).stdout).not.toContain('heartbeat');
    expect(monitor.requests).toEqual([]);
    expect((await laptop.start()).stdout).toMatch(/; heartbeat accepted\.\n$/);
    laptop.shown = answersJson(503, {});
    expect((await laptop.start()).status).toBe(1);
    expect(monitor.requests.map(({ method, url }) => [method, url])).toEqual([['GET', `/ping/${TOKEN}`]]);
  });

  it('redacts a key and a webhook that a record repeats', async () => {
    const repeated = `sent Bearer ${KEY} to /services/${TOKEN}`;
    laptop.shown = [aRecord(START, { name: repeated, enabled: false, disabled_reason: repeated })];
    const { status, stdout } = await laptop.start();
    expect(status).toBe(0);
    expect(stdout).toContain('sent Bearer *** to ***');
    const posted = laptop.slack.requests.map(({ body }) => body).join();
    for (const secret of SECRETS) expect(posted).not.toContain(secret);
  });

  it('posts nothing and writes nothing when nothing changed', async () => {
    await afterOneAlert();
    const before = statSync(laptop.stateFile).mtimeMs;
    const text = laptop.state();
    const { status, stdout } = await laptop.start();
    expect(status).toBe(0);
    expect(stdout).toBe('1 sync: 0 healthy, 1 failing; 1 alert open; nothing new to send.\n');
    expect(laptop.posted()).toEqual([]);
    expect(laptop.state()).toBe(text);
    expect(statSync(laptop.stateFile).mtimeMs).toBe(before);
    expect(readdirSync(dirname(laptop.stateFile))).toEqual(['acme.json']);
  });

  it('reports a recovery once', async () => {
    await afterOneAlert();
    laptop.shown = [aRecord(laptop.now)];
    expect((await laptop.start()).stdout).toContain('orders recovered');
    expect(laptop.posted()).toEqual(['laptop: orders recovered']);
    laptop.now += 5 * MINUTE;
    await laptop.start();
    expect(laptop.posted()).toEqual([]);
  });

  it('sends a reminder of an open alert after 24 hours, once', async () => {
    await afterOneAlert();
    laptop.now = START + 24 * HOUR - 5 * MINUTE;
    await laptop.start();
    expect(laptop.posted()).toEqual([]);
    laptop.now = START + 24 * HOUR;
    await laptop.start();
    expect(laptop.posted()).toEqual([expect.stringContaining('1 still open')]);
    laptop.now += 5 * MINUTE;
    await laptop.start();
    expect(laptop.posted()).toEqual([]);
  });

  it('reports after 10 minutes that the listing fails, once, and that it works again, once', async () => {
    await afterOneAlert();
    laptop.shown = answersJson(404, { code: 'not_found', message: 'no such organisation' });
    for (const [minutes, posts] of [
      [0, []],
      [5, []],
      [10, [expect.stringContaining('sync-alerts cannot list syncs')]],
      [15, []],
    ] as const) {
      laptop.now = START + (5 + minutes) * MINUTE;
      const { status, stdout, stderr } = await laptop.start();
      expect({ minutes, status, posted: laptop.posted() }).toEqual({ minutes, status: 1, posted: posts });
      expect(stdout).toContain('Listing the syncs failed: 404 Not Found (not_found: no such organisation); ');
      expect(stderr).toContain('cannot list the syncs of organisation "acme"');
    }
    laptop.shown = FAILING;
    laptop.now += 5 * MINUTE;
    expect((await laptop.start()).status).toBe(0);
    expect(laptop.posted()).toEqual(['laptop: sync-alerts can list syncs again · still open: orders']);
    laptop.now += 5 * MINUTE;
    await laptop.start();
    expect(laptop.posted()).toEqual([]);
  });

  it('reports a refused key at once, and keeps the open alerts', async () => {
    await afterOneAlert();
    laptop.shown = answers(403);
    const { status, stderr } = await laptop.start();
    expect(status).toBe(1);
    expect(stderr).toContain('check the API key: it must belong to this organisation');
    expect(laptop.posted()).toEqual([expect.stringContaining('sync-alerts cannot list syncs')]);
    laptop.shown = FAILING;
    laptop.now += 5 * MINUTE;
    await laptop.start();
    expect(laptop.posted()).toEqual(['laptop: sync-alerts can list syncs again · still open: orders']);
  });

  it('fails when Slack refuses a message, and sends it at the next check', async () => {
    laptop.shown = FAILING;
    laptop.slackAnswers = answers(404, 'no_service');
    const { status, stdout, stderr } = await laptop.start();
    expect(status).toBe(1);
    expect(stdout).toContain('orders is failing');
    expect(stdout).toMatch(/; 1 alert open; 0 messages posted to Slack; 1 notification undelivered\.\n$/);
    expect(stderr).toContain('no_service');
    laptop.posted();
    laptop.slackAnswers = answers(200, 'ok');
    laptop.now += 5 * MINUTE;
    expect((await laptop.start()).status).toBe(0);
    expect(laptop.posted()).toEqual([expect.stringContaining('orders is failing')]);
  });

  it('needs no Slack: alerts that were printed count as notified', async () => {
    delete laptop.environment['SLACK_WEBHOOK_URL'];
    laptop.shown = FAILING;
    const { stdout } = await laptop.start();
    expect(stdout).toContain('orders is failing');
    expect(stdout).not.toContain('Slack');
    expect((await laptop.start()).stdout).toContain('nothing new to send');
  });

  it('posts what is open to Slack once there is a webhook, and to another channel once it is exchanged', async () => {
    const webhook = laptop.environment['SLACK_WEBHOOK_URL'] ?? '';
    delete laptop.environment['SLACK_WEBHOOK_URL'];
    laptop.shown = FAILING;
    await laptop.start();
    for (const url of [webhook, `${webhook}-of-another-channel`]) {
      laptop.environment['SLACK_WEBHOOK_URL'] = url;
      laptop.now += 5 * MINUTE;
      expect((await laptop.start()).stdout).toContain('First message here: 1 sync needs attention');
      expect(laptop.posted()).toEqual([expect.stringContaining('orders is failing')]);
      laptop.now += 5 * MINUTE;
      await laptop.start();
      expect(laptop.posted()).toEqual([]);
    }
  });

  it('posts once when two checks start at the same time', async () => {
    laptop.shown = FAILING;
    const both = await Promise.all([laptop.start(), laptop.start()]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(laptop.posted()).toHaveLength(1);
  });

  it('lists only the syncs of TIMBAL_CONNECTOR_ID', async () => {
    laptop.environment['TIMBAL_CONNECTOR_ID'] = 'post gres';
    laptop.shown = answersJson(200, { syncs: [] });
    await laptop.start();
    expect(laptop.api.requests[0]?.url).toBe('/orgs/acme/connectors/syncs?connector_id=post+gres');
  });

  it('follows the policy in SYNC_ALERTS_POLICY', async () => {
    const policyFile = `${dirname(laptop.stateFile)}/policy.json`;
    writeFileSync(policyFile, '{"exclude": [{"match": {"name": "ord*"}, "reason": "a test"}]}');
    laptop.environment['SYNC_ALERTS_POLICY'] = policyFile;
    laptop.shown = FAILING;
    expect((await laptop.start()).stdout).toBe(
      '1 sync: 0 healthy, 1 excluded; 0 alerts open; nothing new to send.\n',
    );
    expect(laptop.posted()).toEqual([]);
  });
});

describe('npm start -- --dry-run', () => {
  it('prints the messages, and posts and writes nothing', async () => {
    laptop.shown = FAILING;
    const { status, stdout } = await laptop.start('--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('orders is failing');
    expect(stdout).toMatch(/; 1 alert open; dry run: nothing posted, nothing saved\.\n$/);
    expect(laptop.posted()).toEqual([]);
    expect(readdirSync(dirname(laptop.stateFile))).toEqual([]);
  });

  it('leaves the state file unchanged, so that the next check sends the same', async () => {
    await afterOneAlert();
    const before = laptop.state();
    laptop.shown = [aRecord(laptop.now)];
    expect((await laptop.start('--dry-run')).stdout).toContain('orders recovered');
    expect(laptop.state()).toBe(before);
    expect(laptop.posted()).toEqual([]);
    await laptop.start();
    expect(laptop.posted()).toEqual(['laptop: orders recovered']);
  });
});

describe('npm start -- --json', () => {
  it('prints the outcome as one JSON document and nothing else', async () => {
    laptop.shown = FAILING;
    const { status, stdout, stderr } = await laptop.start('--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'checked',
      at: new Date(START).toISOString(),
      organisation: 'acme',
      dryRun: false,
      syncs: { listed: 1, problems: { failing: 1 } },
      changes: [{ alert: 'sync:orders', name: 'orders', problem: 'failing', reason: 'new' }],
      posts: { accepted: 1, refused: 0, unconfirmed: 0 },
    });
    laptop.now += 5 * MINUTE;
    const quiet: unknown = JSON.parse((await laptop.start('--json')).stdout);
    expect(quiet).toMatchObject({ kind: 'checked', saved: false, changes: [] });
    expect(quiet).not.toHaveProperty('digest');
  });

  it('prints the outcome of a failed check too, and the error to stderr', async () => {
    laptop.shown = answers(403);
    const { status, stdout, stderr } = await laptop.start('--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ syncs: { listingFailure: { received: '403 Forbidden' } } });
    expect(stderr).toContain('403 Forbidden');
  });

  it('can be combined with --dry-run', async () => {
    laptop.shown = FAILING;
    const { stdout } = await laptop.start('--json', '--dry-run');
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, saved: false, posts: { accepted: 0 } });
    expect(laptop.state()).toBeUndefined();
  });
});

describe('a state file that cannot be read', () => {
  it.each([
    ['not JSON', 'orders: failing', 'FILE is not JSON'],
    ['cut off', '{"schemaVersion": 1, "ver', 'FILE is not JSON'],
    ['empty', '', 'FILE is empty'],
    ['other JSON', '{"name": "sync-alerts"}', 'FILE is not a valid state: '],
    [
      'of a newer program',
      '{"schemaVersion": 99, "version": 1}',
      'a newer program wrote the state file FILE ',
    ],
  ])('fails the check with its path, and is left as it is: %s', async (_what, text, complaint) => {
    writeFileSync(laptop.stateFile, text);
    laptop.shown = FAILING;
    const { status, stdout, stderr } = await laptop.start();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.replace(laptop.stateFile, 'FILE')).toContain(complaint);
    expect(stderr).toContain('The stored document was not changed');
    expect(laptop.state()).toBe(text);
    expect(laptop.posted()).toEqual([]);
  });
});

it('fails on the state file of another organisation, and leaves it as it is', async () => {
  laptop.shown = FAILING;
  await laptop.start();
  laptop.posted();
  const before = laptop.state();
  const environment = { ...laptop.environment, TIMBAL_ORG_ID: 'globex' };
  laptop.shown = answersJson(200, { syncs: [] });
  const { status, stderr } = await start([], environment);
  expect(status).toBe(1);
  expect(stderr).toContain('belongs to organisation acme at');
  expect(laptop.state()).toBe(before);
  expect(laptop.posted()).toEqual([]);
});
