import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { aFailingRecord, aRecord, HOUR, MINUTE, START } from '../commands/a-world.ts';
import { answers, answersJson, closeLocalServers } from '../http/local-server.ts';
import { KEY, Laptop, removeFolders, SECRETS, start, TOKEN } from './a-laptop.ts';

/** Fails with the same last success, however late it is; its interval is so long that it never gets critical. */
const FAILING = [aFailingRecord(START, { interval_secs: 30 * 86_400 })];

let laptop: Laptop;
beforeEach(async () => {
  laptop = await Laptop.start();
});
afterEach(async () => {
  await closeLocalServers();
  const shown = laptop.ran.flatMap(({ stdout, stderr }) => [stdout, stderr]);
  for (const text of [...shown, laptop.state() ?? ''])
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  removeFolders();
});

/** Has told of one failing sync, five minutes ago. */
async function toldOfOne(): Promise<void> {
  laptop.shown = FAILING;
  await laptop.start();
  laptop.posted();
  laptop.now += 5 * MINUTE;
}

describe('npm start with a key and an organisation', () => {
  it('tells in Slack and on the terminal what needs a person', async () => {
    laptop.shown = FAILING;
    const { status, stdout, stderr } = await laptop.start();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(laptop.posted()).toEqual([expect.stringContaining('orders is failing')]);
    expect(stdout).toContain('orders is failing');
    expect(stdout).toMatch(/1 sync: 0 healthy, 1 failing; 1 message posted to Slack\.\n$/);
  });

  it('says no key and no webhook that a sync repeats', async () => {
    const said = `sent Bearer ${KEY} to /services/${TOKEN}`;
    laptop.shown = [aRecord(START, { name: said, enabled: false, disabled_reason: said })];
    const { status, stdout } = await laptop.start();
    expect(status).toBe(0);
    expect(stdout).toContain('sent Bearer *** to ***');
    const posted = laptop.slack.requests.map(({ body }) => body).join();
    for (const secret of SECRETS) expect(posted).not.toContain(secret);
  });

  it('posts nothing and writes nothing the second time', async () => {
    await toldOfOne();
    const before = statSync(laptop.stateFile).mtimeMs;
    const text = laptop.state();
    const { status, stdout } = await laptop.start();
    expect(status).toBe(0);
    expect(stdout).toBe('1 sync: 0 healthy, 1 failing; nothing new to tell, 1 alert open.\n');
    expect(laptop.posted()).toEqual([]);
    expect(laptop.state()).toBe(text);
    expect(statSync(laptop.stateFile).mtimeMs).toBe(before);
    expect(readdirSync(dirname(laptop.stateFile))).toEqual(['acme.json']);
  });

  it('tells a recovery once', async () => {
    await toldOfOne();
    laptop.shown = [aRecord(laptop.now)];
    expect((await laptop.start()).stdout).toContain('orders recovered');
    expect(laptop.posted()).toEqual(['laptop: 1 resolved · orders recovered']);
    laptop.now += 5 * MINUTE;
    await laptop.start();
    expect(laptop.posted()).toEqual([]);
  });

  it('reminds of what is still open after a day, not before, and then not again', async () => {
    await toldOfOne();
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

  it('tells that it is blind after ten minutes, once, and that it sees again, once', async () => {
    await toldOfOne();
    laptop.shown = answersJson(404, { code: 'not_found', message: 'no such organisation' });
    for (const [minutes, posts] of [
      [0, []],
      [5, []],
      [10, [expect.stringContaining('The syncs cannot be seen')]],
      [15, []],
    ] as const) {
      laptop.now = START + (5 + minutes) * MINUTE;
      const { status, stdout, stderr } = await laptop.start();
      expect({ minutes, status, posted: laptop.posted() }).toEqual({ minutes, status: 1, posted: posts });
      expect(stdout).toContain(
        'The syncs could not be seen: 404 Not Found (not_found: no such organisation)',
      );
      expect(stderr).toContain('cannot list the syncs of organisation "acme"');
    }
    laptop.shown = FAILING;
    laptop.now += 5 * MINUTE;
    expect((await laptop.start()).status).toBe(0);
    expect(laptop.posted()).toEqual(['laptop: 1 resolved · The syncs can be listed again']);
    laptop.now += 5 * MINUTE;
    await laptop.start();
    expect(laptop.posted()).toEqual([]);
  });

  it('tells at once that its key is refused, and keeps what it knew of the syncs', async () => {
    await toldOfOne();
    laptop.shown = answers(403);
    const { status, stderr } = await laptop.start();
    expect(status).toBe(1);
    expect(stderr).toContain('check the API key, its organisation and its rights');
    expect(laptop.posted()).toEqual([expect.stringContaining('The syncs cannot be seen')]);
    laptop.shown = FAILING;
    laptop.now += 5 * MINUTE;
    await laptop.start();
    expect(laptop.posted()).toEqual(['laptop: 1 resolved · The syncs can be listed again']);
  });

  it('fails when Slack refuses, naming the webhook, and tells the next time what is owed', async () => {
    laptop.shown = FAILING;
    laptop.slackAnswers = answers(404, 'no_service');
    const { status, stdout, stderr } = await laptop.start();
    expect(status).toBe(1);
    expect(stdout).toContain('orders is failing');
    expect(stdout).toMatch(/; 1 still to be told\.\n$/);
    expect(stderr).toContain('no_service');
    laptop.posted();
    laptop.slackAnswers = answers(200, 'ok');
    laptop.now += 5 * MINUTE;
    expect((await laptop.start()).status).toBe(0);
    expect(laptop.posted()).toEqual([expect.stringContaining('orders is failing')]);
  });

  it('needs no Slack: what a check says on the terminal counts as told', async () => {
    delete laptop.environment['SLACK_WEBHOOK_URL'];
    laptop.shown = FAILING;
    const { stdout } = await laptop.start();
    expect(stdout).toContain('orders is failing');
    expect(stdout).not.toContain('Slack');
    expect((await laptop.start()).stdout).toContain('nothing new to tell');
  });

  it('posts once when two are started at the same time', async () => {
    laptop.shown = FAILING;
    const both = await Promise.all([laptop.start(), laptop.start()]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(laptop.posted()).toHaveLength(1);
  });

  it('asks for one connector alone when it is told to', async () => {
    laptop.environment['TIMBAL_CONNECTOR_ID'] = 'post gres';
    laptop.shown = answersJson(200, { syncs: [] });
    await laptop.start();
    expect(laptop.api.requests[0]?.url).toBe('/orgs/acme/connectors/syncs?connector_id=post+gres');
  });

  it('works by the policy that it is given', async () => {
    const policyFile = `${dirname(laptop.stateFile)}/policy.json`;
    writeFileSync(policyFile, '{"ignore": [{"match": {"name": "ord*"}, "reason": "a test"}]}');
    laptop.environment['SYNC_ALERTS_POLICY'] = policyFile;
    laptop.shown = FAILING;
    expect((await laptop.start()).stdout).toBe('1 sync: 0 healthy, 1 ignored; nothing new to tell.\n');
    expect(laptop.posted()).toEqual([]);
  });
});

describe('--dry-run', () => {
  it('says what would be told, and posts and writes nothing', async () => {
    laptop.shown = FAILING;
    const { status, stdout } = await laptop.start('--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('orders is failing');
    expect(stdout).toMatch(/; dry run: nothing was posted or remembered\.\n$/);
    expect(laptop.posted()).toEqual([]);
    expect(readdirSync(dirname(laptop.stateFile))).toEqual([]);
  });

  it('leaves a memory as it is, so that the next check tells what it would have told', async () => {
    await toldOfOne();
    const before = laptop.state();
    laptop.shown = [aRecord(laptop.now)];
    expect((await laptop.start('--dry-run')).stdout).toContain('orders recovered');
    expect(laptop.state()).toBe(before);
    expect(laptop.posted()).toEqual([]);
    await laptop.start();
    expect(laptop.posted()).toEqual(['laptop: 1 resolved · orders recovered']);
  });
});

describe('--json', () => {
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

  it('prints the outcome of a check that failed as well, and the error where errors go', async () => {
    laptop.shown = answers(403);
    const { status, stdout, stderr } = await laptop.start('--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ syncs: { listingFailure: { received: '403 Forbidden' } } });
    expect(stderr).toContain('403 Forbidden');
  });

  it('goes together with --dry-run', async () => {
    laptop.shown = FAILING;
    const { stdout } = await laptop.start('--json', '--dry-run');
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, saved: false, posts: { accepted: 0 } });
    expect(laptop.state()).toBeUndefined();
  });
});

describe('a memory file that is not a memory', () => {
  it.each([
    ['not JSON', 'orders: failing', 'is not JSON'],
    ['cut off', '{"schemaVersion": 1, "ver', 'is not JSON'],
    ['empty', '', 'is empty'],
    ['JSON of something else', '{"name": "sync-alerts"}', 'is not a memory'],
    ['of a newer program', '{"schemaVersion": 99, "version": 1}', 'was written by a newer program'],
  ])('is refused by its name and left as it is: %s', async (_what, text, complaint) => {
    writeFileSync(laptop.stateFile, text);
    laptop.shown = FAILING;
    const { status, stdout, stderr } = await laptop.start();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`the memory file ${laptop.stateFile} ${complaint}`);
    expect(stderr).toContain('left as it is');
    expect(laptop.state()).toBe(text);
    expect(laptop.posted()).toEqual([]);
  });
});

it('the memory of another organisation is refused, and left as it is: all of its syncs would be gone', async () => {
  laptop.shown = FAILING;
  await laptop.start();
  laptop.posted();
  const before = laptop.state();
  const environment = { ...laptop.environment, TIMBAL_ORG_ID: 'globex' };
  laptop.shown = answersJson(200, { syncs: [] });
  const { status, stderr } = await start([], environment);
  expect(status).toBe(1);
  expect(stderr).toContain('is that of organisation acme at');
  expect(laptop.state()).toBe(before);
  expect(laptop.posted()).toEqual([]);
});
