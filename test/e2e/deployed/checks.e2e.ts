import { aFailingRecord, aRecord, HOUR } from '../../commands/a-world.ts';
import { answers, answersJson, type Behaviour } from '../../http/local-server.ts';
import type { Invocation } from '../emulator.ts';
import { Deployment, ORGANISATION } from './deployment.ts';
import { logEntries } from './log.ts';
import { secretLeaks } from './secret-leaks.ts';
import { API_KEY, ROTATED_KEY, ROTATED_WEBHOOK, WEBHOOK } from './secrets.ts';

/* The commands of a deployed function: what they post, what they return, and which AWS calls they make. */

const QUIET = ['dynamodb:Query'];
const NOTIFYING = ['dynamodb:Query', 'dynamodb:TransactWriteItems', 'dynamodb:TransactWriteItems'];
const READS_SECRET = 'secretsmanager:GetSecretValue';

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
});

afterAll(() => deployment?.stop());

beforeEach(() => deployment.startAfresh());

describe('a check', () => {
  it('posts every problem in one message at the initial run', async () => {
    const now = Date.now();
    const records = [
      aRecord(now, { id: 1, name: 'healthy' }),
      aFailingRecord(now, { id: 2, name: 'failing' }),
      aRecord(now, { id: 3, name: 'switched-off', enabled: false, disabled_reason: '403 forbidden' }),
      aRecord(now, { id: 4, name: 'stalled', ...succeededAt(now - 2 * HOUR) }),
      aRecord(now, { id: 5, name: 'never', ...succeededAt(null), last_state: null, last_run_at: null }),
      aRecord(now, { id: 6, name: 'paused', enabled: false, disabled_reason: null }),
      aRecord(now, { id: 7, name: 'healthy too' }),
    ];
    // With a connection for each and enough healthy ones, they have no cause in common.
    deployment.timbal.syncs = records.map((record) => ({ ...record, connection_ref: `pg-${record['id']}` }));
    const check = await deployment.invoke();
    expect(check.result).toMatchObject({
      ok: true,
      command: 'check',
      result: 'checked',
      organisation: ORGANISATION,
      environment: 'prod',
      syncs: {
        listed: 7,
        healthy: 2,
        paused: 1,
        problems: { disabled: 1, failing: 1, stalled: 1, never_succeeded: 1, unreadable: 0 },
      },
      open: 4,
      posts: { accepted: 1, refused: 0, unconfirmed: 0, repeated: 0 },
      undelivered: { count: 0 },
      saved: true,
    });
    expect(check.cold).toBe(true);
    expect(await deployment.calls(check)).toEqual([READS_SECRET, ...NOTIFYING]);
    const messages = deployment.takePosted();
    expect(messages).toHaveLength(1);
    for (const name of ['failing', 'switched-off', '403 forbidden', 'stalled', 'never', 'paused']) {
      expect(JSON.stringify(messages)).toContain(name);
    }
  });

  it('posts nothing when nothing changed: one listing, one query, no write, no read of the secret', async () => {
    await failingNotified();
    const listings = deployment.timbal.requests.length;
    const items = await deployment.items();
    const check = await deployment.invoke();
    expect(check).toMatchObject({
      cold: false,
      result: { ok: true, notified: [], saved: false, open: 1 },
    });
    expect(await deployment.calls(check)).toEqual(QUIET);
    expect(deployment.timbal.requests.length - listings).toBe(1);
    expect(deployment.takePosted()).toEqual([]);
    expect(await deployment.items()).toEqual(items);
  });

  it('posts a resolution once', async () => {
    await failingNotified();
    deployment.timbal.syncs = bothHealthy();
    expect((await deployment.invoke()).result).toMatchObject({
      notified: [{ name: 'orders', reason: 'resolved' }],
    });
    expect(deployment.takePosted()).toMatchObject([{ text: expect.stringContaining('orders recovered') }]);
    expect(await deployment.calls(await deployment.invoke())).toEqual(QUIET);
    expect(deployment.takePosted()).toEqual([]);
  });

  it('whose listing fails posts nothing and keeps the open alerts', async () => {
    await failingNotified();
    deployment.timbal.instead = answersJson(404, { message: 'not found' });
    const failed = await deployment.invoke();
    expect(failed.status).toBe('error');
    expect(failed.result).toMatchObject({ errorMessage: expect.stringMatching(/404 Not Found/) });
    deployment.timbal.instead = undefined;
    expect((await deployment.invoke()).result).toMatchObject({ open: 1, notified: [] });
    expect(deployment.takePosted()).toEqual([]);
  });
});

describe('two checks at the same time', () => {
  it('post once, and the slower one returns why it stopped', async () => {
    deployment.timbal.syncs = [aFailingRecord(Date.now())];
    deployment.timbal.instead = afterRequests(2, (...request) => {
      const { syncs } = deployment.timbal;
      answersJson(200, { syncs })(...request);
    });
    const both = await Promise.all([deployment.invoke(), deployment.invoke()]);
    expect(new Set(both.map(({ containerId }) => containerId)).size).toBe(2);
    expect(both.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(both.map(({ result }) => result)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ result: 'checked', posts: expect.objectContaining({ accepted: 1 }) }),
        expect.objectContaining({
          ok: true,
          result: expect.stringMatching(/^(superseded|lease_held)$/),
          reason: expect.stringMatching(/another check|a later listing/),
        }),
      ]),
    );
    expect(deployment.takePosted()).toHaveLength(1);
  });

  it('post once when one starts while the other posts: it returns when the lease expires', async () => {
    deployment.timbal.syncs = [aFailingRecord(Date.now())];
    let second: Promise<Invocation> | undefined;
    deployment.slack.script.push(async (request, response) => {
      second = deployment.invoke();
      await second;
      answers(200, 'ok')(request, response);
    });
    const first = await deployment.invoke();
    expect(first.result).toMatchObject({ result: 'checked', posts: { accepted: 1 } });
    expect((await second)?.result).toMatchObject({
      ok: true,
      result: 'lease_held',
      reason: expect.stringMatching(/^another check is running, .* its lease expires at 20\d\d-/),
    });
    expect(deployment.takePosted()).toHaveLength(1);
  });
});

describe('after a rotation', () => {
  afterAll(async () => {
    deployment.timbal.key = API_KEY;
    await deployment.fill();
  });

  it('of the key, the same invocation uses the new key', async () => {
    await failingNotified();
    deployment.timbal.key = ROTATED_KEY;
    await deployment.fill();
    const check = await deployment.invoke();
    expect(check).toMatchObject({ cold: false, status: 'success', result: { notified: [], open: 1 } });
    expect((await deployment.calls(check)).toSorted()).toEqual([...QUIET, READS_SECRET]);
    expect(await deployment.calls(await deployment.invoke())).toEqual(QUIET);
  });

  it('of the webhook, the check that meets it fails, and the next one posts what is open to the new webhook', async () => {
    await failingNotified();
    await deployment.fill({ slackWebhookUrl: deployment.slack.webhookUrl(ROTATED_WEBHOOK) });
    deployment.slack.script.push(answers(404, 'no_service'));
    deployment.timbal.syncs = [...bothHealthy(), aFailingRecord(Date.now(), { id: 'late', name: 'late' })];
    const check = await deployment.invoke();
    expect(check).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining('its URL was exchanged during this check') },
    });
    expect(await deployment.calls(check)).toContain(READS_SECRET);
    expect(deployment.slack.messages(ROTATED_WEBHOOK)).toEqual([]);
    expect((await deployment.invoke()).result).toMatchObject({ notified: [{ reason: 'new' }] });
    expect(deployment.slack.messages(ROTATED_WEBHOOK)).toMatchObject([
      { text: expect.stringContaining('late is failing') },
    ]);
  });

  it('that was not saved in the secret, the check fails, and the next one posts what is undelivered', async () => {
    await failingNotified();
    deployment.timbal.syncs = bothHealthy();
    deployment.slack.script.push(answers(404, 'no_service'));
    const refused = await deployment.invoke();
    expect(refused).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining('404 no_service') },
    });
    deployment.takePosted();
    expect((await deployment.invoke()).result).toMatchObject({ notified: [{ reason: 'resolved' }] });
    expect(deployment.takePosted()).toHaveLength(1);
  });
});

describe('the function', () => {
  it('posts and returns every unhealthy sync in a report, and saves nothing', async () => {
    await failingNotified();
    const items = await deployment.items();
    const report = await deployment.invoke({ command: 'report' });
    expect(report.result).toMatchObject({
      ok: true,
      command: 'report',
      syncs: { listed: 2, healthy: 1 },
      open: 1,
      unhealthy: [{ status: 'failing', name: 'orders' }],
      healthy: [{ count: 1 }],
      omitted: 0,
      posts: { accepted: 1 },
    });
    expect(await deployment.calls(report)).toEqual(QUIET);
    expect(JSON.stringify(deployment.takePosted())).toContain('orders');
    expect(await deployment.items()).toEqual(items);
    expect((await deployment.invoke()).result).toMatchObject({ notified: [], saved: false });
  });

  it('only returns a report without a post', async () => {
    await failingNotified();
    const report = await deployment.invoke({ command: 'report', post: false });
    expect(report.result).toMatchObject({
      unhealthy: [{ status: 'failing', name: 'orders' }],
      posts: { accepted: 0 },
    });
    expect(deployment.takePosted()).toEqual([]);
    expect(await deployment.calls(report)).toEqual(QUIET);
  });

  it('posts and returns every step of a test, and saves nothing', async () => {
    deployment.timbal.syncs = [aFailingRecord(Date.now())];
    const test = await deployment.invoke({ command: 'test' });
    expect(test.result).toMatchObject({
      ok: true,
      command: 'test',
      steps: [
        { step: 'secret', ok: true },
        { step: 'key', ok: true },
        { step: 'listing', ok: true },
        { step: 'clock', ok: true },
        { step: 'state', ok: true },
        { step: 'slack', ok: true },
      ],
    });
    expect(await deployment.calls(test)).toEqual([READS_SECRET, ...QUIET]);
    expect(deployment.takePosted()).toMatchObject([{ text: expect.stringContaining('is wired up') }]);
    expect(await deployment.items()).toEqual([]);
  });

  it('names the failed step of a test in Slack and in its error', async () => {
    deployment.timbal.instead = answersJson(403, { message: 'not your organisation' });
    const test = await deployment.invoke({ command: 'test' });
    expect(test).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringMatching(/secret: ok.*key: FAILED: .*403/s) },
    });
    expect(JSON.stringify(deployment.takePosted())).toContain('not your organisation');
  });

  it('fails a test when no sync is visible', async () => {
    const test = await deployment.invoke({ command: 'test' });
    const failed = `listing: FAILED: no syncs are visible in organisation "${ORGANISATION}"`;
    expect(test).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining(failed) },
    });
    expect(JSON.stringify(deployment.takePosted())).toContain('no syncs are visible');
  });

  it('returns what it would post in a dry run, and posts and saves nothing', async () => {
    deployment.timbal.syncs = [aFailingRecord(Date.now())];
    const dry = await deployment.invoke({ command: 'check', dryRun: true });
    expect(dry.result).toMatchObject({
      ok: true,
      dryRun: true,
      wouldNotify: [{ name: 'orders', reason: 'new' }],
      text: expect.stringContaining('orders is failing'),
      posts: { accepted: 0 },
      saved: false,
    });
    expect(await deployment.calls(dry)).toEqual([READS_SECRET, ...QUIET]);
    expect(deployment.takePosted()).toEqual([]);
    expect(await deployment.items()).toEqual([]);
    expect((await deployment.invoke()).result).toMatchObject({
      notified: [{ name: 'orders', reason: 'new' }],
    });
  });

  it.each([
    ['an unknown command', { command: 'chekc' }, 'there is no command \\"chekc\\"'],
    ['an unknown field', { command: 'report', psot: false }, 'there is no field \\"psot\\"'],
    ['no command', { comand: 'check' }, 'expected an object with a \\"command\\"'],
  ])('returns a usage error for %s, without a call and without a failure', async (_, event, text) => {
    const invocation = await deployment.invoke(event);
    expect(invocation).toMatchObject({ status: 'success', result: { ok: false } });
    expect(invocation.payload).toContain(text);
    expect(invocation.payload).toContain('The commands: ');
    expect(await deployment.calls(invocation)).toEqual([]);
  });
});

describe('a scheduled check', () => {
  it("runs for EventBridge's default event", async () => {
    const event = { version: '0', source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
    expect((await deployment.invoke(event)).result).toMatchObject({ command: 'check', result: 'checked' });
  });

  it('logs the time at which the schedule was to run it', async () => {
    deployment.timbal.syncs = [aFailingRecord(Date.now())];
    const fired = await deployment.emulator.fire(deployment.resource('WatchSchedule'));
    const check = await deployment.emulator.waitForEnd(fired);
    expect(check.result).toMatchObject({
      command: 'check',
      result: 'checked',
      notified: [{ name: 'orders' }],
    });
    expect(logEntries(check)).toMatchObject([
      { event: 'notified', name: 'orders' },
      { command: 'check', ok: true, scheduledAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:00Z$/) },
    ]);
    expect(deployment.takePosted()).toHaveLength(1);
  });
});

describe('after all tests of this file', () => {
  it('no value of the secret has leaked', async () => {
    await failingNotified();
    expect(await secretLeaks(deployment)).toEqual([]);
  });

  it('the searched values were those of the requests', () => {
    const keys = new Set(deployment.timbal.requests.map(({ headers }) => headers.authorization));
    expect(keys).toEqual(new Set([`Bearer ${API_KEY}`, `Bearer ${ROTATED_KEY}`]));
    expect(deployment.slack.messages(WEBHOOK)).not.toEqual([]);
  });
});

/** One sync is failing, one is healthy; Slack was notified, and the container is warm. */
async function failingNotified(): Promise<void> {
  const now = Date.now();
  deployment.timbal.syncs = [aFailingRecord(now), aRecord(now, { id: 'customers', name: 'customers' })];
  expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1 } });
  deployment.takePosted();
}

/** The two syncs of `failingNotified`, after the failing one recovered. */
function bothHealthy(): readonly unknown[] {
  const now = Date.now();
  return [aRecord(now), aRecord(now, { id: 'customers', name: 'customers' })];
}

function succeededAt(at: number | null): Readonly<Record<string, unknown>> {
  const iso = at === null ? null : new Date(at).toISOString();
  const seconds = at === null ? null : Math.round((Date.now() - at) / 1000);
  return { last_run_at: iso, last_success_at: iso, seconds_since_success: seconds };
}

/** Answers the requests only once there are this many. */
function afterRequests(count: number, behaviour: Behaviour): Behaviour {
  const waiting: (() => void)[] = [];
  return (request, response) => {
    waiting.push(() => behaviour(request, response));
    if (waiting.length === count) for (const respond of waiting.splice(0)) respond();
  };
}
