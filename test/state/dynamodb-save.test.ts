import { inspect } from 'node:util';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import { StateConflict, StateError } from '../../lambda/state/errors.ts';
import { fakeTimers, timerStarted } from '../http/fake-timers.ts';
import { allConnectionsClosed, answers, closeLocalServers, hangs } from '../http/local-server.ts';
import { ADynamoDb, cancels, faulty } from './a-dynamodb.ts';
import { aState, aStore } from './a-dynamodb-store.ts';
import { rejectionOf } from './rejection.ts';

let table: ADynamoDb;

beforeEach(async () => {
  // The SDK's backoff is a random part of its longest delay.
  jest.spyOn(Math, 'random').mockReturnValue(0);
  table = await ADynamoDb.start();
});
afterEach(closeLocalServers);

describe('a save', () => {
  it('is refused when another check saved first, and changes nothing', async () => {
    const [one, other] = [aStore(table), aStore(table)];
    await one.load();
    await other.load();
    await one.save(aState('one'), 0);
    expect(await rejectionOf(other.save(aState('other'), 0))).toBeInstanceOf(StateConflict);
    expect((await aStore(table).load()).state).toEqual(aState('one'));
  });

  it.each([0, 1, 3])('at version %i is refused while the latest is 2', async (version) => {
    await aStore(table).save(aState('two'), await aStore(table).save(aState('one'), 0));
    expect(await rejectionOf(aStore(table).save(aState('late'), version))).toBeInstanceOf(StateConflict);
    expect((await aStore(table).load()).state).toEqual(aState('two'));
  });

  it('succeeds once of several concurrent ones', async () => {
    const writes = ['a', 'b', 'c', 'd'].map((name) => aStore(table).save(aState(name), 0));
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StateConflict);
    }
    expect(table.writeUnits).toBe(2);
  });

  it('whose response was lost writes once', async () => {
    table.onWrites.push('executed, response lost');
    expect(await aStore(table).save(aState('one'), 0)).toBe(1);
    expect(table.writes).toBe(2);
    expect(table.writeUnits).toBe(2);
  });

  it('whose response was lost is recognised by its id after DynamoDB forgot its token', async () => {
    const store = aStore(table);
    await store.load();
    table.onWrites.push('executed, response lost', (request, response) => {
      table.forgetTokens();
      cancels('ConditionalCheckFailed')(request, response);
    });
    expect(await store.save(aState('one'), 0)).toBe(1);
    expect(await store.save(aState('two'), 1)).toBe(2);
  });

  it('is a conflict when another write of the same version is stored', async () => {
    const store = aStore(table);
    await store.load();
    await aStore(table).save(aState('other'), 0);
    expect(await rejectionOf(store.save(aState('one'), 0))).toBeInstanceOf(StateConflict);
  });

  it('that loses a race, and cannot read the winner, fails', async () => {
    const store = aStore(table);
    await store.load();
    table.onWrites.push(cancels('ConditionalCheckFailed'));
    table.onQueries.push(faulty('AccessDeniedException'));
    expect(await rejectionOf(store.save(aState('one'), 0))).toBeInstanceOf(StateError);
  });

  it('contains no stored text in its error', async () => {
    table.onWrites.push(faulty('ValidationException', 'the item SECRET-IN-STATE is wrong'));
    const error = await rejectionOf(aStore(table).save(aState('SECRET-IN-STATE'), 0));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('SECRET-IN-STATE');
  });
});

describe('a save is retried', () => {
  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'after a cancellation by %s',
    async (reason) => {
      table.onWrites.push(cancels('None', reason), cancels(reason));
      expect(await aStore(table).save(aState('one'), 0)).toBe(1);
      expect(table.writes).toBe(3);
    },
  );

  it.each([
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'TransactionInProgressException',
  ])('after %s', async (name) => {
    table.onWrites.push(faulty(name));
    expect(await aStore(table).save(aState('one'), 0)).toBe(1);
    expect(table.writes).toBe(2);
  });

  it('after a 500 and a 503', async () => {
    table.onWrites.push(faulty('InternalServerError', 'no', 500), answers(503));
    expect(await aStore(table).save(aState('one'), 0)).toBe(1);
  });

  it('with the time at which the table drops each item: 90 days after the last write', async () => {
    const now = Date.UTC(2026, 10, 24);
    const seconds = () => [...table.items.values()].map(({ expiresAt }) => Number(expiresAt?.N));
    await aStore(table, { now: () => now }).save(aState('one', 5 * 1024), 0);
    expect(seconds()).toEqual(Array(2).fill(Date.UTC(2027, 1, 22) / 1000));
    await aStore(table, { now: () => now + 86_400_000 }).save(aState('two', 5 * 1024), 1);
    expect(seconds()).toEqual(Array(2).fill(Date.UTC(2027, 1, 23) / 1000));
  });

  it('with the same token, so that DynamoDB takes it for the same write', async () => {
    table.onWrites.push(cancels('ThrottlingError'), faulty('ThrottlingException'));
    await aStore(table).save(aState('one'), 0);
    const tokens = table.server.requests.map(({ body }) => JSON.parse(body).ClientRequestToken);
    expect(tokens).toEqual(Array(3).fill(table.items.get('state#000')?.['writeId']?.S));
  });

  it('5 times, and then fails with the fix', async () => {
    table.onWrites.push(...Array.from({ length: 50 }, () => cancels('ThrottlingError')));
    const error = await rejectionOf(aStore(table).save(aState('one'), 0));
    expect(table.writes).toBe(6);
    expect(error).toMatchObject({ code: 'state_unwritable' });
    expect(error.message).toBe(
      'cannot write the state in table "sync-alerts-test", scope scope-of-this-test (ThrottlingError, 6 attempts); the table is busy; the next check retries. If this lasts, look at the table\'s throttled requests',
    );
  });

  it('only while its time allows it', async () => {
    table.onWrites.push(...Array.from({ length: 50 }, () => cancels('ThrottlingError')));
    const store = aStore(table, { seconds: 0.3, minDelayMs: 100 });
    const error = await rejectionOf(store.save(aState('one'), 0));
    expect(error.message).toMatch(/\(ThrottlingError, [12] attempts\)/);
  });

  it.each([
    ['ValidationError', 'ItemCollectionSizeLimitExceeded'],
    ['None', 'AccessDenied'],
  ])('not after a cancellation by %s, %s', async (...reasons) => {
    table.onWrites.push(cancels(...reasons));
    expect(await rejectionOf(aStore(table).save(aState('one'), 0))).toMatchObject({
      code: 'state_unwritable',
    });
    expect(table.writes).toBe(1);
  });

  it('not when IAM denies it, and the error names the denied action', async () => {
    const message =
      'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: dynamodb:PutItem on resource: y';
    table.onWrites.push(faulty('AccessDeniedException', message));
    const error = await rejectionOf(aStore(table).save(aState('one'), 0));
    expect(error.message).toContain("access denied: allow the function's role dynamodb:PutItem on the table");
    expect(error.message).not.toContain('assumed-role');
    expect(table.writes).toBe(1);
  });
});

describe('the time of a save', () => {
  it('ends it whatever the table does, and leaves no connection open', async () => {
    table.onWrites.push(hangs, hangs, hangs, hangs);
    const started = performance.now();
    const error = await rejectionOf(aStore(table, { seconds: 0.5 }).save(aState('one'), 0));
    expect(performance.now() - started).toBeLessThan(1900);
    expect(error).toMatchObject({ code: 'state_unwritable' });
    await allConnectionsClosed(table.server);
  });

  it('is 5 s, retries included', async () => {
    fakeTimers();
    table.onWrites.push(hangs);
    const saving = rejectionOf(aStore(table).save(aState('one'), 0));
    await timerStarted(5000);
    await jest.advanceTimersByTimeAsync(5000);
    expect(await saving).toMatchObject({ code: 'state_unwritable' });
  });

  it("is the check's deadline, if that is sooner", async () => {
    table.onWrites.push(hangs, hangs);
    const started = performance.now();
    const error = await rejectionOf(aStore(table).save(aState('one'), 0, deadlineIn(0.2)));
    expect(performance.now() - started).toBeLessThan(1500);
    expect(error).toMatchObject({ code: 'state_unwritable' });
    await allConnectionsClosed(table.server);
  });

  it("has passed at the check's deadline, and nothing is sent", async () => {
    const error = await rejectionOf(aStore(table).save(aState('one'), 0, deadlineIn(0)));
    expect(error).toBeInstanceOf(StateError);
    expect(table.writes).toBe(0);
  });
});
