import { aFailingRecord, aRecord, HOUR } from '../../commands/a-world.ts';
import { answers, answersJson, type Behaviour } from '../../http/local-server.ts';
import type { Invocation } from '../emulator.ts';
import { Deployment, ORGANISATION } from './deployment.ts';
import { placesWithSecrets } from './everything-said.ts';
import { logged } from './log.ts';
import { API_KEY, ROTATED_KEY, ROTATED_WEBHOOK, WEBHOOK } from './secrets.ts';

/** The deployed watch as it runs for months: what it tells, how often, and what it calls for that. */

const QUIET = ['dynamodb:Query'];
const TELLING = ['dynamodb:Query', 'dynamodb:TransactWriteItems', 'dynamodb:TransactWriteItems'];
const READS_SECRET = 'secretsmanager:GetSecretValue';

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
});

afterAll(() => deployment?.stop());

beforeEach(() => deployment.startAfresh());

describe('a check', () => {
  it('tells at its first look everything that is wrong, in one message', async () => {
    const now = Date.now();
    deployment.timbal.syncs = [
      aRecord(now, { id: 1, name: 'healthy' }),
      aFailingRecord(now, { id: 2, name: 'failing' }),
      aRecord(now, { id: 3, name: 'given-up', enabled: false, disabled_reason: '403 forbidden' }),
      aRecord(now, { id: 4, name: 'stalled', ...succeededAt(now - 2 * HOUR) }),
      aRecord(now, { id: 5, name: 'never', ...succeededAt(null), last_state: null, last_run_at: null }),
      aRecord(now, { id: 6, name: 'paused', enabled: false, disabled_reason: null }),
    ];
    const check = await deployment.invoke();
    expect(check.result).toMatchObject({
      ok: true,
      command: 'check',
      result: 'checked',
      organisation: ORGANISATION,
      environment: 'prod',
      syncs: {
        listed: 6,
        healthy: 1,
        problems: { disabled: 2, failing: 1, stalled: 1, never_succeeded: 1, unreadable: 0 },
      },
      open: 5,
      posts: { accepted: 1, refused: 0, unconfirmed: 0, repeated: 0 },
      undelivered: { count: 0 },
      saved: true,
    });
    expect(check.cold).toBe(true);
    expect(await deployment.calls(check)).toEqual([READS_SECRET, ...TELLING]);
    const messages = deployment.posted();
    expect(messages).toHaveLength(1);
    for (const name of ['failing', 'given-up', '403 forbidden', 'stalled', 'never', 'paused']) {
      expect(JSON.stringify(messages)).toContain(name);
    }
  });

  it('is silent when nothing changed: one listing, one query, no write, and the secret is not read', async () => {
    await told();
    const listings = deployment.timbal.requests.length;
    const items = await deployment.items();
    const check = await deployment.invoke();
    expect(check).toMatchObject({
      cold: false,
      result: { ok: true, notified: [], saved: false, open: 1 },
    });
    expect(await deployment.calls(check)).toEqual(QUIET);
    expect(deployment.timbal.requests.length - listings).toBe(1);
    expect(deployment.posted()).toEqual([]);
    expect(await deployment.items()).toEqual(items);
  });

  it('tells a recovery, once', async () => {
    await told();
    deployment.timbal.syncs = [aRecord(Date.now())];
    expect((await deployment.invoke()).result).toMatchObject({
      notified: [{ name: 'orders', reason: 'resolved' }],
    });
    expect(deployment.posted()).toMatchObject([{ text: expect.stringContaining('orders recovered') }]);
    expect(await deployment.calls(await deployment.invoke())).toEqual(QUIET);
    expect(deployment.posted()).toEqual([]);
  });

  it('that fails to list is an error, tells nothing, and leaves the open alerts as they were', async () => {
    await told();
    deployment.timbal.instead = answersJson(404, { message: 'not found' });
    const blind = await deployment.invoke();
    expect(blind.status).toBe('error');
    expect(blind.result).toMatchObject({ errorMessage: expect.stringMatching(/404 Not Found/) });
    deployment.timbal.instead = undefined;
    expect((await deployment.invoke()).result).toMatchObject({ open: 1, notified: [] });
    expect(deployment.posted()).toEqual([]);
  });
});

describe('two checks at once', () => {
  it('tell once, and the other says that it was too late', async () => {
    deployment.timbal.syncs = [aFailingRecord(Date.now())];
    deployment.timbal.instead = together(2, (...request) => {
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
          result: expect.stringMatching(/^(overtaken|claimed)$/),
          reason: expect.stringMatching(/another check|a later listing/),
        }),
      ]),
    );
    expect(deployment.posted()).toHaveLength(1);
  });

  it('tell once when one begins while the other is posting: it finds the claim and says until when', async () => {
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
      reason: expect.stringMatching(/^another check is at work, .* holds until 20\d\d-/),
    });
    expect(deployment.posted()).toHaveLength(1);
  });
});

describe('a rotation', () => {
  afterAll(async () => {
    deployment.timbal.key = API_KEY;
    await deployment.fill();
  });

  it('of the key is picked up in the same invocation', async () => {
    await told();
    deployment.timbal.key = ROTATED_KEY;
    await deployment.fill();
    const check = await deployment.invoke();
    expect(check).toMatchObject({ cold: false, status: 'success', result: { notified: [], open: 1 } });
    expect((await deployment.calls(check)).toSorted()).toEqual([...QUIET, READS_SECRET]);
    expect(await deployment.calls(await deployment.invoke())).toEqual(QUIET);
  });

  it('of the webhook is picked up in the same invocation', async () => {
    await told();
    await deployment.fill({ slackWebhookUrl: deployment.slack.webhookUrl(ROTATED_WEBHOOK) });
    deployment.slack.script.push(answers(404, 'no_service'));
    deployment.timbal.syncs = [aRecord(Date.now())];
    const check = await deployment.invoke();
    expect(check.result).toMatchObject({
      notified: [{ reason: 'resolved' }],
      posts: { accepted: 1, refused: 0 },
    });
    expect(await deployment.calls(check)).toContain(READS_SECRET);
    expect(deployment.slack.messages(ROTATED_WEBHOOK)).toMatchObject([
      { text: expect.stringContaining('recovered') },
    ]);
  });

  it('that Slack does not know of is an error, and what is owed is told at the next check', async () => {
    await told();
    deployment.timbal.syncs = [aRecord(Date.now())];
    deployment.slack.script.push(answers(404, 'no_service'));
    const refused = await deployment.invoke();
    expect(refused).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining('404 no_service') },
    });
    deployment.posted();
    expect((await deployment.invoke()).result).toMatchObject({ notified: [{ reason: 'resolved' }] });
    expect(deployment.posted()).toHaveLength(1);
  });
});

describe('asked for', () => {
  it('a report, it posts and answers every sync in trouble, and remembers nothing', async () => {
    await told();
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
    expect(JSON.stringify(deployment.posted())).toContain('orders');
    expect(await deployment.items()).toEqual(items);
    expect((await deployment.invoke()).result).toMatchObject({ notified: [], saved: false });
  });

  it('a report without a post, it only answers it', async () => {
    await told();
    const report = await deployment.invoke({ command: 'report', post: false });
    expect(report.result).toMatchObject({
      unhealthy: [{ status: 'failing', name: 'orders' }],
      posts: { accepted: 0 },
    });
    expect(deployment.posted()).toEqual([]);
    expect(await deployment.calls(report)).toEqual(QUIET);
  });

  it('a test, it posts that it is wired up, with every step, and remembers nothing', async () => {
    deployment.timbal.syncs = [aFailingRecord(Date.now())];
    const test = await deployment.invoke({ command: 'test' });
    expect(test.result).toMatchObject({
      ok: true,
      command: 'test',
      steps: [
        { step: 'secret', ok: true },
        { step: 'listing', ok: true },
        { step: 'state', ok: true },
        { step: 'slack', ok: true },
      ],
    });
    expect(await deployment.calls(test)).toEqual([READS_SECRET, ...QUIET]);
    expect(deployment.posted()).toMatchObject([{ text: expect.stringContaining('wired up') }]);
    expect(await deployment.items()).toEqual([]);
  });

  it('a test that cannot list, it says in Slack and in its error which step failed', async () => {
    deployment.timbal.instead = answersJson(403, { message: 'not your organisation' });
    const test = await deployment.invoke({ command: 'test' });
    expect(test).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringMatching(/secret: ok.*listing: FAILED: .*403/s) },
    });
    expect(JSON.stringify(deployment.posted())).toContain('not your organisation');
  });

  it('a dry run, it says what it would tell, posts nothing and writes nothing', async () => {
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
    expect(deployment.posted()).toEqual([]);
    expect(await deployment.items()).toEqual([]);
    expect((await deployment.invoke()).result).toMatchObject({
      notified: [{ name: 'orders', reason: 'new' }],
    });
  });

  it.each([
    ['an unknown command', { command: 'chekc' }, 'there is no command \\"chekc\\"'],
    ['an unknown field', { command: 'report', psot: false }, 'there is no field \\"psot\\"'],
    ['no command', { comand: 'check' }, 'expected an object with a \\"command\\"'],
  ])('%s, it answers how to ask, calls nothing, and has not failed', async (_, event, said) => {
    const command = await deployment.invoke(event);
    expect(command).toMatchObject({ status: 'success', result: { ok: false } });
    expect(command.payload).toContain(said);
    expect(command.payload).toContain('The commands: ');
    expect(await deployment.calls(command)).toEqual([]);
  });
});

describe('time to check', () => {
  it("is an event of EventBridge's own", async () => {
    const event = { version: '0', source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
    expect((await deployment.invoke(event)).result).toMatchObject({ command: 'check', result: 'checked' });
  });

  it('says the schedule, with the time that it meant', async () => {
    deployment.timbal.syncs = [aFailingRecord(Date.now())];
    const fired = await deployment.emulator.fire(deployment.resource('WatchSchedule'));
    const check = await deployment.emulator.ended(fired);
    expect(check.result).toMatchObject({
      command: 'check',
      result: 'checked',
      notified: [{ name: 'orders' }],
    });
    expect(logged(check)).toMatchObject([
      { event: 'notified', name: 'orders' },
      { command: 'check', ok: true, scheduledAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:00Z$/) },
    ]);
    expect(deployment.posted()).toHaveLength(1);
  });
});

describe('all of this', () => {
  it('leaves no value of the secret anywhere', async () => {
    await told();
    expect(await placesWithSecrets(deployment)).toEqual([]);
  });

  it('went through the secret: the searched values are those that were sent', () => {
    const keys = new Set(deployment.timbal.requests.map(({ headers }) => headers.authorization));
    expect(keys).toEqual(new Set([`Bearer ${API_KEY}`, `Bearer ${ROTATED_KEY}`]));
    expect(deployment.slack.messages(WEBHOOK)).not.toEqual([]);
  });
});

/** One sync is failing, one is healthy, and both are told and remembered in a warm container. */
async function told(): Promise<void> {
  const now = Date.now();
  deployment.timbal.syncs = [aFailingRecord(now), aRecord(now, { id: 'customers', name: 'customers' })];
  expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1 } });
  deployment.posted();
}

function succeededAt(at: number | null): Readonly<Record<string, unknown>> {
  const iso = at === null ? null : new Date(at).toISOString();
  const seconds = at === null ? null : Math.round((Date.now() - at) / 1000);
  return { last_run_at: iso, last_success_at: iso, seconds_since_success: seconds };
}

/** Keeps requests waiting until there are so many, and then answers them all. */
function together(many: number, behaviour: Behaviour): Behaviour {
  const waiting: (() => void)[] = [];
  return (request, response) => {
    waiting.push(() => behaviour(request, response));
    if (waiting.length === many) for (const go of waiting.splice(0)) go();
  };
}
