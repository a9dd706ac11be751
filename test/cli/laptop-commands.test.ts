import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aFailingRecord, aRecord, HOUR, MINUTE, START } from '../commands/a-world.ts';
import { answers, closeLocalServers } from '../http/local-server.ts';
import { KEY, Laptop, removeFolders, SECRETS } from './a-laptop.ts';

/** Failing, with an interval so long that it never becomes critical. */
const FEES = aFailingRecord(START, { id: 'fees', name: 'fees', interval_secs: 30 * 86_400 });

let laptop: Laptop;
beforeEach(async () => {
  laptop = await Laptop.start();
  laptop.shown = [aRecord(START), FEES];
});
afterEach(async () => {
  await closeLocalServers();
  for (const { stdout, stderr } of laptop.finished)
    for (const secret of SECRETS) expect(`${stdout}${stderr}`).not.toContain(secret);
  removeFolders();
});

describe('npm start -- report', () => {
  it('prints the health of every sync, and posts and saves nothing', async () => {
    const { status, stdout, stderr } = await laptop.start('report');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Report: 1 sync needs attention and 1 healthy\n/);
    expect(stdout).toContain('fees is failing');
    expect(stdout).toMatch(/\n2 syncs: 1 healthy, 1 failing; 1 alert open; not posted\.\n$/);
    expect(laptop.posted()).toEqual([]);
    expect(laptop.state()).toBeUndefined();
  });

  it('posts it on --post', async () => {
    const { status, stdout } = await laptop.start('report', '--post');
    expect(status).toBe(0);
    expect(stdout).toMatch(/; 1 message posted to Slack\.\n$/);
    expect(laptop.posted()).toEqual([expect.stringContaining('Report: 1 sync needs attention')]);
  });

  it('needs a webhook for --post', async () => {
    delete laptop.environment['SLACK_WEBHOOK_URL'];
    const { status, stdout, stderr } = await laptop.start('report', '--post');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe('SLACK_WEBHOOK_URL is missing: --post posts to it\n');
    expect(laptop.api.requests).toEqual([]);
  });

  it('prints every unhealthy sync on --json, with the reason why its alert is not sent now', async () => {
    await laptop.start();
    laptop.now += 2 * HOUR;
    laptop.shown = [aRecord(laptop.now), FEES];
    const { stdout } = await laptop.start('report', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'report',
      syncs: { listed: 2 },
      unhealthy: [{ id: 'fees', notification: expect.stringMatching(/^already notified 2 h ago/) }],
    });
  });

  it('prints nothing on --quiet while every sync is healthy', async () => {
    expect((await laptop.start('report', '--quiet')).stdout).toContain('fees is failing');
    laptop.shown = [aRecord(START)];
    expect(await laptop.start('report', '--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('fails when the syncs cannot be listed', async () => {
    laptop.shown = answers(403);
    const { status, stdout, stderr } = await laptop.start('report');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('403 Forbidden');
  });
});

describe('the command behind "… and N more"', () => {
  /** Unhealthy syncs that share nothing, and as many healthy ones. */
  const ALONE = Array.from({ length: 400 }, (_, index) => {
    const record = index < 200 ? aFailingRecord : aRecord;
    return record(START, { id: `s${index}`, name: `sync ${index}`, connection_ref: `c${index % 200}` });
  });

  it.each([[[]], [['report', '--post']]])(
    'of npm start -- %j prints every unhealthy sync, posts nothing and saves nothing',
    async (args) => {
      laptop.shown = ALONE;
      await laptop.start(...args);
      const last = laptop.slack.requests.at(-1)?.body ?? '';
      const [, count, command = ''] =
        /… and (\d+) more: `(npm start --silent -- [^`]+)` shows them/.exec(last) ?? [];
      expect(Number(count)).toBeGreaterThan(100);
      const before = { state: laptop.state(), posts: laptop.slack.requests.length };
      const { status, stdout } = await laptop.start(...command.split(' ').slice(4));
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ omitted: 0 });
      expect(JSON.parse(stdout).unhealthy).toHaveLength(200);
      expect({ state: laptop.state(), posts: laptop.slack.requests.length }).toEqual(before);
    },
  );
});

describe('npm start -- test', () => {
  const stepsIn = (stdout: string) => stdout.replace(/ \(\d+ ms\)$/gm, '').split('\n');

  it('gives each step with what came, posts that the watch is wired up, and saves nothing', async () => {
    const { status, stdout, stderr } = await laptop.start('test');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stepsIn(stdout)).toEqual([
      `ok     key      accepted for GET ${laptop.api.url}/orgs/acme/connectors/syncs`,
      'ok     listing  2 syncs: 1 healthy, 1 failing',
      "ok     clock    within 60 s of the API's, or the API does not say its own",
      `ok     state    the state file ${laptop.stateFile} holds no state yet: the first check has not run`,
      'ok     slack    the message was posted',
      '',
    ]);
    expect(laptop.posted()).toEqual(['laptop: sync-alerts is wired up']);
    expect(laptop.state()).toBeUndefined();
  });

  it('fails when a step fails, after every step was tried', async () => {
    laptop.environment['TIMBAL_API_KEY'] = 'a-wrong-key-0';
    laptop.slackAnswers = answers(404, 'no_service');
    const { status, stdout } = await laptop.start('test');
    expect(status).toBe(1);
    expect(stepsIn(stdout)).toEqual([
      expect.stringMatching(/^FAILED key {6}.*401 Unauthorized.*check the API key/),
      'FAILED listing  not listed: the key was refused',
      'ok     clock    not compared: the API gave no listing',
      expect.stringMatching(/^ok {5}state /),
      expect.stringMatching(/^FAILED slack {4}.*no_service/),
      '',
    ]);
    laptop.environment['TIMBAL_API_KEY'] = KEY;
  });

  it('fails when no sync is visible', async () => {
    laptop.shown = [];
    const { status, stdout } = await laptop.start('test');
    expect(status).toBe(1);
    expect(stdout).toContain('FAILED listing');
  });

  it('says that messages are only printed where there is no webhook', async () => {
    delete laptop.environment['SLACK_WEBHOOK_URL'];
    const { status, stdout } = await laptop.start('test');
    expect(status).toBe(0);
    expect(stdout).toContain('ok     slack    not tested: SLACK_WEBHOOK_URL is not set');
  });

  it('posts nothing on --dry-run and on --no-post', async () => {
    for (const option of ['--dry-run', '--no-post']) {
      const { status, stdout } = await laptop.start('test', option);
      expect(status).toBe(0);
      expect(stdout).toContain('ok     slack    not tested: a dry run posts nothing');
    }
    expect(laptop.posted()).toEqual([]);
  });

  it('prints nothing on --quiet when it passes', async () => {
    expect(await laptop.start('test', '--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('prints JSON on --json', async () => {
    const { stdout } = await laptop.start('test', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'test',
      passed: true,
      steps: [{ step: 'key' }, {}, {}, {}, {}],
    });
  });

  it('fails on a state file that could not be written, below a folder that may not be written', async () => {
    const folder = join(dirname(laptop.stateFile), 'closed');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    laptop.environment['SYNC_ALERTS_STATE'] = join(folder, 'deep', 'acme.json');
    const { stdout } = await laptop.start('test');
    // root may write everywhere.
    if (process.getuid?.() !== 0) expect(stdout).toContain(`cannot write into the folder ${folder} (EACCES)`);
    writeFileSync(join(dirname(laptop.stateFile), 'a-file'), '');
    laptop.environment['SYNC_ALERTS_STATE'] = join(dirname(laptop.stateFile), 'a-file', 'acme.json');
    const { status, stdout: below } = await laptop.start('test');
    expect(status).toBe(1);
    expect(below).toMatch(/FAILED state .*ENOTDIR/);
  });
});

describe('npm start -- --quiet', () => {
  it('prints what is new, and then nothing', async () => {
    const first = await laptop.start('--quiet');
    expect(first).toMatchObject({ status: 0, stdout: expect.stringContaining('fees is failing') });
    laptop.now += 5 * MINUTE;
    expect(await laptop.start('--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await laptop.start('--quiet', '--json')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('prints nothing when another check is running', async () => {
    const both = await Promise.all([laptop.start('--quiet'), laptop.start('--quiet')]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(both.filter(({ stdout }) => stdout === '')).toHaveLength(1);
  });

  it('is not silent about a failure', async () => {
    laptop.shown = answers(403);
    const { status, stderr } = await laptop.start('--quiet');
    expect(status).toBe(1);
    expect(stderr).toContain('403 Forbidden');
  });
});

it('a check that leaves something undelivered says so and exits with 1; a dry run does not fail', async () => {
  laptop.slackAnswers = answers(429, 'rate_limited', { 'retry-after': '1800' });
  await laptop.start();
  laptop.now += 5 * MINUTE;
  const { status, stdout, stderr } = await laptop.start('--quiet');
  expect(status).toBe(1);
  expect(stdout).toMatch(/; 1 notification waits for Slack\.\n$/);
  expect(stderr).toBe(
    '1 notification undelivered since 2026-11-24T09:00:00.000Z: nothing is posted for a while after a post failed; a later check delivers\n',
  );
  expect((await laptop.start('--dry-run')).status).toBe(0);
});
