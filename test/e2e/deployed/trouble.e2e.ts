import { gzipSync } from 'node:zlib';
import { aFailingRecord, aRecord } from '../../commands/a-world.ts';
import { answers, answersJson, type Behaviour, cuts } from '../../http/local-server.ts';
import type { Fault, Invocation } from '../emulator.ts';
import { Deployment } from './deployment.ts';
import { placesWithSecrets } from './everything-said.ts';
import { API_KEY, WEBHOOK } from './secrets.ts';

/** AWS, Timbal and Slack in trouble: what was told stays told once, and what is owed is told later. */

const QUERY = { service: 'dynamodb', action: 'Query' } as const;
const WRITE = { service: 'dynamodb', action: 'TransactWriteItems' } as const;
const SECRET = { service: 'secretsmanager', action: 'GetSecretValue' } as const;

const THROTTLED = { error: 'ProvisionedThroughputExceededException' } as const;
const BROKEN = { error: 'InternalServerError', status: 500 } as const;
const CANCELLED = { error: 'TransactionCanceledException' } as const;
/** The SDK's client tries as often. */
const TRIES = 3;

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
});

afterAll(() => deployment?.stop());

beforeEach(async () => {
  await deployment.startAfresh();
  deployment.timbal.syncs = [aFailingRecord(Date.now())];
});

describe('trouble that passes is not noticed:', () => {
  it.each<[string, Fault]>([
    ['a secret that is throttled', { ...SECRET, error: 'ThrottlingException' }],
    ['a secret that breaks twice', { ...SECRET, error: 'InternalServiceError', status: 500, times: 2 }],
    ['a memory whose reading is throttled', { ...QUERY, ...THROTTLED, times: 2 }],
    ['a write that is throttled', { ...WRITE, ...THROTTLED }],
    ['a write that breaks', { ...WRITE, ...BROKEN }],
    ['a write cancelled by another', { ...WRITE, ...CANCELLED, reasons: ['TransactionConflict'] }],
    ['a write cancelled four times, too much being asked', cancelled('ThrottlingError', 4)],
    ['a write that was made, and its answer lost', { ...WRITE, ...BROKEN, applied: true }],
  ])('%s', async (_, fault) => {
    await deployment.emulator.inject(fault);
    await expectTold(await deployment.invoke());
    expect(deployment.posted()).toHaveLength(1);
    await expectSilence();
  });

  it('a last write that was made, and its answer lost', async () => {
    deployment.slack.script.push(then(answers(200, 'ok'), { ...WRITE, ...BROKEN, applied: true }));
    await expectTold(await deployment.invoke());
    expect(deployment.posted()).toHaveLength(1);
    await expectSilence();
  });
});

describe('trouble that lasts is an error, nothing is told, and the next check tells it:', () => {
  it.each<[string, Fault, string]>([
    [
      'a secret that cannot be read',
      { ...SECRET, error: 'InternalServiceError', status: 500, times: TRIES },
      'could not be read (InternalServiceError)',
    ],
    [
      'a memory that cannot be read',
      { ...QUERY, ...THROTTLED, times: TRIES },
      'the table is busy; the next check tries again',
    ],
    [
      'a memory that does not answer in time',
      { ...QUERY, ...BROKEN, delaySeconds: 6, times: TRIES },
      'cannot be read (',
    ],
    [
      'a memory that cannot be written',
      { ...WRITE, ...THROTTLED, times: TRIES },
      'the table is busy; the next check tries again',
    ],
    [
      'a memory whose writes are cancelled again and again',
      cancelled('ThrottlingError', 100),
      'could not be written (ThrottlingError, 6 tries)',
    ],
    [
      'a memory that refuses a write for good',
      cancelled('ValidationError', 1),
      'could not be written (ValidationError)',
    ],
  ])('%s', async (_, fault, said) => {
    await deployment.emulator.inject(fault);
    const failed = await deployment.invoke();
    expect(failed).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining(said) },
    });
    expect(failed.durationMs).toBeLessThan(10_000);
    expect(deployment.posted()).toEqual([]);
    await deployment.emulator.clearFaults();
    await expectTold(await deployment.invoke());
    expect(deployment.posted()).toHaveLength(1);
    await expectSilence();
  });
});

describe('what was posted', () => {
  it.each<[string, Fault]>([
    ['could not be noted at first', { ...WRITE, ...THROTTLED, times: TRIES }],
    ['was noted, and every answer lost', { ...WRITE, ...BROKEN, applied: true, times: TRIES }],
  ])('is told once when it %s: the check fails, the next is silent', async (_, fault) => {
    deployment.slack.script.push(then(answers(200, 'ok'), fault));
    expect(await deployment.invoke()).toMatchObject({ status: 'error' });
    expect(deployment.posted()).toHaveLength(1);
    await expectSilence();
  });

  it('is posted again when nobody could note it: at least once, and the repeat is counted', async () => {
    deployment.slack.script.push(then(answers(200, 'ok'), { ...WRITE, ...THROTTLED, times: 100 }));
    expect(await deployment.invoke()).toMatchObject({ status: 'error' });
    await deployment.emulator.clearFaults();
    expect((await deployment.invoke()).result).toMatchObject({ result: 'lease_held' });
    await expireClaim();
    expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1, repeated: 1 } });
    expect(deployment.posted()).toHaveLength(2);
    await expectSilence();
  });
});

describe('a first write whose every answer is lost', () => {
  it('posts nothing and may have left its claim: once that is over it is told, as what may be a repeat', async () => {
    await deployment.emulator.inject({ ...WRITE, ...BROKEN, applied: true, times: TRIES });
    expect(await deployment.invoke()).toMatchObject({ status: 'error' });
    expect((await deployment.invoke()).result).toMatchObject({ result: 'lease_held' });
    expect(deployment.posted()).toEqual([]);
    await expireClaim();
    expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1, repeated: 1 } });
    expect(deployment.posted()).toHaveLength(1);
    await expectSilence();
  });
});

describe('Slack', () => {
  it('that cuts the line after a post may have it: nothing is posted until the route has waited', async () => {
    deployment.slack.script.push(cuts);
    const cut = await deployment.invoke();
    expect(cut).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining('may have the message') },
    });
    expect(deployment.posted()).toHaveLength(1);
    expect((await deployment.invoke()).result).toMatchObject({ notified: [], undelivered: { count: 1 } });
    expect(deployment.posted()).toEqual([]);
  });

  it('that refuses with its own word certainly has nothing: the same check posts again', async () => {
    deployment.slack.script.push(answers(500, 'rollup_error'), answers(429, '', { 'retry-after': '1' }));
    await expectTold(await deployment.invoke());
    expect(deployment.posted()).toHaveLength(3);
    await expectSilence();
  });
});

describe('all of this', () => {
  it('leaves no value of the secret anywhere, even when Timbal says them', async () => {
    const said = `key ${API_KEY}, webhook ${deployment.slack.webhookUrl(WEBHOOK)}`;
    const given = { enabled: false, disabled_reason: said };
    deployment.timbal.syncs = [aRecord(Date.now(), { ...given, name: said, source_table: said })];
    expect(await deployment.invoke()).toMatchObject({ result: { posts: { accepted: 1 } } });
    expect(JSON.stringify(deployment.posted())).toContain('key ***, webhook ***');
    expect((await deployment.invoke({ command: 'report' })).payload).toContain('key ***, webhook ***');
    deployment.timbal.instead = answersJson(400, { message: said });
    expect((await deployment.invoke()).payload).toContain('key ***, webhook ***');
    expect(await placesWithSecrets(deployment)).toEqual([]);
  });
});

async function expectTold(check: Invocation): Promise<void> {
  expect(check).toMatchObject({
    status: 'success',
    result: {
      notified: [{ name: 'orders' }],
      posts: { accepted: 1, refused: 0, unconfirmed: 0, repeated: 0 },
      undelivered: { count: 0 },
    },
  });
}

/** The next check has nothing to tell, and so does the one after a recovery that was told. */
async function expectSilence(): Promise<void> {
  const check = await deployment.invoke();
  expect(check.result).toMatchObject({ result: 'checked', notified: [], saved: false, open: 1 });
  expect(deployment.posted()).toEqual([]);
  deployment.timbal.syncs = [aRecord(Date.now())];
  expect((await deployment.invoke()).result).toMatchObject({ notified: [{ reason: 'resolved' }] });
  expect(deployment.posted()).toHaveLength(1);
}

function cancelled(reason: string, times: number): Fault {
  return { ...WRITE, ...CANCELLED, reasons: [reason], times };
}

/** Answers so; but first, AWS gets into trouble. */
function then(behaviour: Behaviour, fault: Fault): Behaviour {
  return async (request, response) => {
    await deployment.emulator.inject(fault);
    behaviour(request, response);
  };
}

/** As if the time until then had passed: a claim holds for one and a half minutes. */
async function expireClaim(): Promise<void> {
  const [head, ...others] = await deployment.items();
  if (head === undefined || others.length > 0) throw new Error('expected a memory of one piece');
  const document = await deployment.document();
  const expired = document.replace(/("claim":\{[^}]*"until":)\d+/, '$11');
  if (expired === document) throw new Error('expected a claim');
  await deployment.putItem({ ...head, bytes: { B: gzipSync(expired) } });
}
