import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { aFailingRecord, aRecord } from '../../commands/a-world.ts';
import { answers, answersJson, type Behaviour, disconnects } from '../../http/local-server.ts';
import type { Fault, Invocation } from '../emulator.ts';
import { Deployment } from './deployment.ts';
import { secretLeaks } from './secret-leaks.ts';
import { API_KEY, WEBHOOK } from './secrets.ts';

/* Faults of AWS, Timbal and Slack: no notification is lost, and none is repeated without being counted. */

const QUERY = { service: 'dynamodb', action: 'Query' } as const;
const WRITE = { service: 'dynamodb', action: 'TransactWriteItems' } as const;
const SECRET = { service: 'secretsmanager', action: 'GetSecretValue' } as const;

const THROTTLED = { error: 'ProvisionedThroughputExceededException' } as const;
const BROKEN = { error: 'InternalServerError', status: 500 } as const;
const CANCELLED = { error: 'TransactionCanceledException' } as const;
/** The number of attempts of the SDK. */
const ATTEMPTS = 3;

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
});

afterAll(() => deployment?.stop());

beforeEach(async () => {
  await deployment.startAfresh();
  deployment.timbal.syncs = [aFailingRecord(Date.now())];
});

describe('the check succeeds after a transient fault:', () => {
  it.each<[string, Fault]>([
    ['reading the secret is throttled', { ...SECRET, error: 'ThrottlingException' }],
    ['reading the secret fails twice', { ...SECRET, error: 'InternalServiceError', status: 500, times: 2 }],
    ['reading the state is throttled', { ...QUERY, ...THROTTLED, times: 2 }],
    ['a write is throttled', { ...WRITE, ...THROTTLED }],
    ['a write fails', { ...WRITE, ...BROKEN }],
    ['another transaction cancels a write', { ...WRITE, ...CANCELLED, reasons: ['TransactionConflict'] }],
    ['a write is cancelled four times because of throttling', cancelled('ThrottlingError', 4)],
    ['the response to a write is lost', { ...WRITE, ...BROKEN, applied: true }],
  ])('%s', async (_, fault) => {
    await deployment.emulator.inject(fault);
    await expectPosted(await deployment.invoke());
    expect(deployment.takePosted()).toHaveLength(1);
    await expectQuiet();
  });

  it('the response to the last write is lost', async () => {
    deployment.slack.script.push(afterFault(answers(200, 'ok'), { ...WRITE, ...BROKEN, applied: true }));
    await expectPosted(await deployment.invoke());
    expect(deployment.takePosted()).toHaveLength(1);
    await expectQuiet();
  });
});

describe('the check fails and posts nothing, and the next one posts, when', () => {
  it.each<[string, Fault, RegExp]>([
    [
      'the secret cannot be read',
      { ...SECRET, error: 'InternalServiceError', status: 500, times: ATTEMPTS },
      /cannot read the secret .* \(InternalServiceError\)/,
    ],
    [
      'the state cannot be read',
      { ...QUERY, ...THROTTLED, times: ATTEMPTS },
      /cannot read the state .*the table is busy; the next check retries/,
    ],
    [
      'the table does not respond in time',
      { ...QUERY, ...BROKEN, delaySeconds: 6, times: ATTEMPTS },
      /cannot read the state .* \(/,
    ],
    [
      'the state cannot be written',
      { ...WRITE, ...THROTTLED, times: ATTEMPTS },
      /cannot write the state .*the table is busy; the next check retries/,
    ],
    [
      'every write is cancelled because of throttling',
      cancelled('ThrottlingError', 100),
      /cannot write the state .* \(ThrottlingError, 6 attempts\)/,
    ],
    ['a write is invalid', cancelled('ValidationError', 1), /cannot write the state .* \(ValidationError\)/],
  ])('%s', async (_, fault, message) => {
    await deployment.emulator.inject(fault);
    const failed = await deployment.invoke();
    expect(failed).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringMatching(message) },
    });
    expect(failed.durationMs).toBeLessThan(10_000);
    expect(deployment.takePosted()).toEqual([]);
    await deployment.emulator.clearFaults();
    await expectPosted(await deployment.invoke());
    expect(deployment.takePosted()).toHaveLength(1);
    await expectQuiet();
  });
});

describe('a message', () => {
  it.each<[string, Fault]>([
    ['the first write after it fails', { ...WRITE, ...THROTTLED, times: ATTEMPTS }],
    ['every response to the write after it is lost', { ...WRITE, ...BROKEN, applied: true, times: ATTEMPTS }],
  ])('is posted once when %s: the check fails, and the next posts nothing', async (_, fault) => {
    deployment.slack.script.push(afterFault(answers(200, 'ok'), fault));
    expect(await deployment.invoke()).toMatchObject({ status: 'error' });
    expect(deployment.takePosted()).toHaveLength(1);
    await expectQuiet();
  });

  it('is posted again and counted as a repeat when no write after it succeeds', async () => {
    deployment.slack.script.push(afterFault(answers(200, 'ok'), { ...WRITE, ...THROTTLED, times: 100 }));
    expect(await deployment.invoke()).toMatchObject({ status: 'error' });
    await deployment.emulator.clearFaults();
    expect((await deployment.invoke()).result).toMatchObject({ result: 'lease_held' });
    await expireLease();
    expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1, repeated: 1 } });
    expect(deployment.takePosted()).toHaveLength(2);
    await expectQuiet();
  });
});

describe('a check that gets no response to its first write', () => {
  it('posts nothing and may hold the lease; the check after the lease posts, and counts a possible repeat', async () => {
    await deployment.emulator.inject({ ...WRITE, ...BROKEN, applied: true, times: ATTEMPTS });
    expect(await deployment.invoke()).toMatchObject({ status: 'error' });
    expect((await deployment.invoke()).result).toMatchObject({ result: 'lease_held' });
    expect(deployment.takePosted()).toEqual([]);
    await expireLease();
    expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1, repeated: 1 } });
    expect(deployment.takePosted()).toHaveLength(1);
    await expectQuiet();
  });
});

describe('a post', () => {
  it('whose connection is cut is unconfirmed: the next check backs off', async () => {
    deployment.slack.script.push(disconnects);
    const cut = await deployment.invoke();
    expect(cut).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining('may have received the message') },
    });
    expect(deployment.takePosted()).toHaveLength(1);
    expect((await deployment.invoke()).result).toMatchObject({ notified: [], undelivered: { count: 1 } });
    expect(deployment.takePosted()).toEqual([]);
  });

  it('that Slack refuses with its own error is repeated by the same check', async () => {
    deployment.slack.script.push(answers(500, 'rollup_error'), answers(429, '', { 'retry-after': '1' }));
    await expectPosted(await deployment.invoke());
    expect(deployment.takePosted()).toHaveLength(3);
    await expectQuiet();
  });
});

describe('after all tests of this file', () => {
  it('no value of the secret has leaked, even when Timbal sends them', async () => {
    const text = `key ${API_KEY}, webhook ${deployment.slack.webhookUrl(WEBHOOK)}`;
    const given = { enabled: false, disabled_reason: text };
    deployment.timbal.syncs = [aRecord(Date.now(), { ...given, name: text, source_table: text })];
    expect(await deployment.invoke()).toMatchObject({ result: { posts: { accepted: 1 } } });
    expect(JSON.stringify(deployment.takePosted())).toContain('key ***, webhook ***');
    expect((await deployment.invoke({ command: 'report' })).payload).toContain('key ***, webhook ***');
    deployment.timbal.instead = answersJson(400, { message: text });
    expect((await deployment.invoke()).payload).toContain('key ***, webhook ***');
    expect(await secretLeaks(deployment)).toEqual([]);
  });
});

async function expectPosted(check: Invocation): Promise<void> {
  expect(check).toMatchObject({
    status: 'success',
    result: {
      notified: [{ name: 'orders' }],
      posts: { accepted: 1, refused: 0, unconfirmed: 0, repeated: 0 },
      undelivered: { count: 0 },
    },
  });
}

/** The next check posts and saves nothing, and the one after a resolution posts only that. */
async function expectQuiet(): Promise<void> {
  const check = await deployment.invoke();
  expect(check.result).toMatchObject({ result: 'checked', notified: [], saved: false, open: 1 });
  expect(deployment.takePosted()).toEqual([]);
  deployment.timbal.syncs = [aRecord(Date.now())];
  expect((await deployment.invoke()).result).toMatchObject({ notified: [{ reason: 'resolved' }] });
  expect(deployment.takePosted()).toHaveLength(1);
}

function cancelled(reason: string, times: number): Fault {
  return { ...WRITE, ...CANCELLED, reasons: [reason], times };
}

/** A behaviour that injects a fault before it responds. */
function afterFault(behaviour: Behaviour, fault: Fault): Behaviour {
  return async (request, response) => {
    await deployment.emulator.inject(fault);
    behaviour(request, response);
  };
}

/** Changes the stored lease, which lasts 90 s, into an expired one. A warm sandbox reads only what has another write id. */
async function expireLease(): Promise<void> {
  const [head, ...others] = await deployment.items();
  if (head === undefined || others.length > 0) throw new Error('expected a state of one piece');
  const document = await deployment.document();
  const expired = document.replace(/("lease":\{[^}]*"expiresAt":)\d+/, '$11');
  if (expired === document) throw new Error('expected a lease');
  await deployment.putItem({ ...head, writeId: { S: randomUUID() }, bytes: { B: gzipSync(expired) } });
}
