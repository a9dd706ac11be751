import { inspect } from 'node:util';
import { INITIAL_STATE, type WatchState } from '../../lambda/core/state.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import { DynamoDbStore } from '../../lambda/state/dynamodb-store.ts';
import { StateConflict, StateError } from '../../lambda/state/errors.ts';
import {
  allConnectionsClosed,
  answers,
  closeLocalServers,
  hangs,
  stallsMidway,
} from '../http/local-server.ts';
import { ADynamoDb, cancels, faulty, type Item, TABLE } from './a-dynamodb.ts';

const SCOPE = 'scope-of-this-test';
const KB = 1024;

let table: ADynamoDb;

beforeEach(async () => {
  table = await ADynamoDb.start();
});
afterEach(closeLocalServers);

describe('a memory in a table', () => {
  it('is nothing at version 0 before the first write', async () => {
    expect(await aStore().load()).toEqual({ state: INITIAL_STATE, version: 0 });
  });

  it('is read by another store as it was written', async () => {
    expect(await aStore().save(aMemory('one'), 0)).toBe(1);
    expect(await aStore().load()).toEqual({ state: aMemory('one'), version: 1 });
  });

  it('lies in one item while it is small', async () => {
    await aStore().save(aMemory('small'), 0);
    expect([...table.items.keys()]).toEqual(['memory#000']);
  });

  it('costs one call to read and one to write', async () => {
    const store = aStore();
    const { version } = await store.load();
    await store.save(aMemory('one'), version);
    expect([table.queries, table.writes]).toEqual([1, 1]);
  });

  it('reads nothing before a write that follows its own', async () => {
    const store = aStore();
    const version = await store.save(aMemory('one'), 0);
    table.queries = 0;
    await store.save(aMemory('two'), version);
    expect(table.queries).toBe(0);
  });

  it.each([
    ['just fits one item', 349 * KB, 1],
    ['is just beyond one item', 351 * KB, 2],
    ['takes four', 1200 * KB, 4],
  ])('that %s is read as it was written', async (_name, bytes, items) => {
    const state = aMemory('large', bytes);
    await aStore().save(state, 0);
    expect(table.items.size).toBe(items);
    expect(await aStore().load()).toEqual({ state, version: 1 });
  });

  it('costs one more call for each further MB', async () => {
    await aStore().save(aMemory('large', 2300 * KB), 0);
    table.queries = 0;
    await aStore().load();
    expect(table.queries).toBe(3);
  });

  it('leaves nothing of a larger one behind, whoever wrote that', async () => {
    await aStore().save(aMemory('large', 1200 * KB), 0);
    const store = aStore();
    await store.save(aMemory('small'), (await store.load()).version);
    expect([...table.items.keys()]).toEqual(['memory#000']);
    expect((await aStore().load()).version).toBe(2);
  });

  it('leaves nothing of a larger one behind when it was not read before the write', async () => {
    await aStore().save(aMemory('large', 1200 * KB), 0);
    await aStore().save(aMemory('small'), 1);
    expect([...table.items.keys()]).toEqual(['memory#000']);
  });

  it('is kept apart from those of other scopes, and from other things of its own', async () => {
    table.items.set('other', { scope: { S: 'another' }, part: { S: 'memory#000' } });
    table.items.set('silence#1', { scope: { S: SCOPE }, part: { S: 'silence#1' } });
    expect((await aStore().load()).version).toBe(0);
  });

  it('too large for one transaction is refused with what to do, and nothing is written', async () => {
    const error = await failure(aStore().save(aMemory('huge', 4200 * KB), 0));
    expect(error).toMatchObject({ code: 'state_unwritable' });
    expect(error.message).toMatch(/4\.1 MB compressed.*4\.0 MB at most.*connector/);
    expect(table.writes).toBe(0);
  });

  it('just within one transaction is written and read', async () => {
    const state = aMemory('large', 4050 * KB);
    await aStore().save(state, 0);
    expect(await aStore().load()).toEqual({ state, version: 1 });
  });
});

describe('a write of a memory', () => {
  it('is refused when another came first, and changes nothing', async () => {
    const [one, other] = [aStore(), aStore()];
    await one.load();
    await other.load();
    await one.save(aMemory('one'), 0);
    expect(await failure(other.save(aMemory('other'), 0))).toBeInstanceOf(StateConflict);
    expect((await aStore().load()).state).toEqual(aMemory('one'));
  });

  it.each([0, 1, 3])('at version %i is refused while the latest is 2', async (version) => {
    await aStore().save(aMemory('two'), await aStore().save(aMemory('one'), 0));
    expect(await failure(aStore().save(aMemory('late'), version))).toBeInstanceOf(StateConflict);
    expect((await aStore().load()).state).toEqual(aMemory('two'));
  });

  it('of several at once is made by one of them', async () => {
    const writes = ['a', 'b', 'c', 'd'].map((name) => aStore().save(aMemory(name), 0));
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StateConflict);
    }
    expect(table.writeUnits).toBe(2);
  });

  it('whose answer was lost is made once', async () => {
    table.onWrites.push('obeyed, and its answer lost');
    expect(await aStore().save(aMemory('one'), 0)).toBe(1);
    expect(table.writes).toBe(2);
    expect(table.writeUnits).toBe(2);
  });

  it('whose answer was lost is known by its id, also when its token is forgotten', async () => {
    const store = aStore();
    await store.load();
    table.onWrites.push('obeyed, and its answer lost', (request, response) => {
      table.forgetTokens();
      cancels('ConditionalCheckFailed')(request, response);
    });
    expect(await store.save(aMemory('one'), 0)).toBe(1);
    expect(await store.save(aMemory('two'), 1)).toBe(2);
  });

  it('is known by its id alone: a conflict with another of the same version is one', async () => {
    const store = aStore();
    await store.load();
    await aStore().save(aMemory('other'), 0);
    expect(await failure(store.save(aMemory('one'), 0))).toBeInstanceOf(StateConflict);
  });

  it('that loses, and cannot find out to whom, is an error and no success', async () => {
    const store = aStore();
    await store.load();
    table.onWrites.push(cancels('ConditionalCheckFailed'));
    table.onQueries.push(faulty('AccessDeniedException'));
    expect(await failure(store.save(aMemory('one'), 0))).toBeInstanceOf(StateError);
  });

  it.each([['TransactionConflict'], ['ThrottlingError'], ['ProvisionedThroughputExceeded']])(
    'cancelled by %s is tried again',
    async (reason) => {
      table.onWrites.push(cancels('None', reason), cancels(reason));
      expect(await aStore().save(aMemory('one'), 0)).toBe(1);
      expect(table.writes).toBe(3);
    },
  );

  it('is the same write at each of its tries, also to DynamoDB', async () => {
    table.onWrites.push(cancels('ThrottlingError'), faulty('ThrottlingException'));
    await aStore().save(aMemory('one'), 0);
    const tokens = table.server.requests.map(({ body }) => JSON.parse(body).ClientRequestToken);
    expect(tokens).toEqual(Array(3).fill(table.items.get('memory#000')?.['writeId']?.S));
  });

  it.each([
    ['ProvisionedThroughputExceededException'],
    ['ThrottlingException'],
    ['TransactionInProgressException'],
  ])('refused by %s is tried again', async (name) => {
    table.onWrites.push(faulty(name));
    expect(await aStore().save(aMemory('one'), 0)).toBe(1);
    expect(table.writes).toBe(2);
  });

  it('is tried again after a 500', async () => {
    table.onWrites.push(faulty('InternalServerError', 'no', 500), answers(503));
    expect(await aStore().save(aMemory('one'), 0)).toBe(1);
  });

  it('throttled without end is given up within its time, with what to do', async () => {
    table.onWrites.push(...Array.from({ length: 50 }, () => cancels('ThrottlingError')));
    const started = performance.now();
    const error = await failure(aStore({ seconds: 1 }).save(aMemory('one'), 0));
    expect(performance.now() - started).toBeLessThan(2500);
    expect(error).toMatchObject({ code: 'state_unwritable' });
    expect(error.message).toMatch(
      /table "sync-alerts-test", scope scope-of-this-test could not be written \(ThrottlingError, \d tries\); the table is busy/,
    );
  });

  it('throttled without end is given up after a bounded number of tries', async () => {
    table.onWrites.push(...Array.from({ length: 50 }, () => cancels('ThrottlingError')));
    await failure(aStore().save(aMemory('one'), 0));
    expect(table.writes).toBe(6);
  });

  it.each([
    ['ValidationError', 'ItemCollectionSizeLimitExceeded'],
    ['None', 'AccessDenied'],
  ])('cancelled by %s, %s is not tried again', async (...reasons) => {
    table.onWrites.push(cancels(...reasons));
    expect(await failure(aStore().save(aMemory('one'), 0))).toMatchObject({ code: 'state_unwritable' });
    expect(table.writes).toBe(1);
  });

  it('that IAM denies names the action', async () => {
    const words =
      'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: dynamodb:PutItem on resource: y';
    table.onWrites.push(faulty('AccessDeniedException', words));
    const { message } = await failure(aStore().save(aMemory('one'), 0));
    expect(message).toContain("allow the function's role dynamodb:PutItem on the table");
    expect(message).not.toContain('assumed-role');
  });

  it('ends within its time, whatever the table does, and leaves no connection open', async () => {
    table.onWrites.push(hangs, hangs, hangs, hangs);
    const started = performance.now();
    const error = await failure(aStore({ seconds: 0.5 }).save(aMemory('one'), 0));
    expect(performance.now() - started).toBeLessThan(1900);
    expect(error).toMatchObject({ code: 'state_unwritable' });
    await allConnectionsClosed(table.server);
  });

  it('ends when the check does, if that is sooner', async () => {
    table.onWrites.push(hangs, hangs);
    const started = performance.now();
    const error = await failure(aStore().save(aMemory('one'), 0, deadlineIn(0.2)));
    expect(performance.now() - started).toBeLessThan(1500);
    expect(error).toMatchObject({ code: 'state_unwritable' });
    await allConnectionsClosed(table.server);
  });

  it('is not begun once the check is over', async () => {
    expect(await failure(aStore().save(aMemory('one'), 0, deadlineIn(0)))).toBeInstanceOf(StateError);
    expect(table.writes).toBe(0);
  });

  it('says nothing of what was to be written', async () => {
    table.onWrites.push(faulty('ValidationException', 'the item SECRET-IN-MEMORY is wrong'));
    const error = await failure(aStore().save(aMemory('SECRET-IN-MEMORY'), 0));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('SECRET-IN-MEMORY');
  });
});

describe('a reader beside a writer', () => {
  it('reads again when it finds parts of two writes', async () => {
    await aStore().save(aMemory('one', 1200 * KB), 0);
    const before = new Map(table.items);
    await aStore().save(aMemory('two', 1200 * KB), 1);
    const after = new Map(table.items);
    table.queries = 0;
    replace('memory#002', before.get('memory#002'));
    table.beforeQueries.push(
      () => {},
      () => {},
      () => replace('memory#002', after.get('memory#002')),
    );
    expect(await aStore().load()).toEqual({ state: aMemory('two', 1200 * KB), version: 2 });
    expect(table.queries).toBe(4);
  });

  it.each<[string, () => void]>([
    ['a part of another version', () => alter('memory#001', { version: { N: '7' } })],
    ['a part of another write of the same version', () => alter('memory#001', { writeId: { S: 'another' } })],
    ['a missing part', () => table.items.delete('memory#002')],
    ['a missing head', () => table.items.delete('memory#000')],
    [
      'a part too many',
      () => replace('memory#009', { ...table.items.get('memory#001'), part: { S: 'memory#009' } }),
    ],
  ])('gives up on %s after a bounded number of readings, and leaves it as it is', async (_name, spoil) => {
    await aStore().save(aMemory('one', 900 * KB), 0);
    spoil();
    const before = new Map(table.items);
    table.queries = 0;
    const error = await failure(aStore().load());
    expect(error).toMatchObject({ code: 'state_unreadable' });
    expect(error.message).toMatch(/parts of different writes, in 5 readings running.*delete its items/);
    expect(table.items).toEqual(before);
    expect(table.queries).toBe(5);
  });
});

describe('a memory that cannot be read', () => {
  it.each<[string, Item]>([
    ['without a version', { writeId: { S: 'x' }, pieces: { N: '1' }, bytes: { B: '' } }],
    ['whose version is no number', { version: { S: '1' }, writeId: { S: 'x' }, bytes: { B: '' } }],
    ['without bytes', { version: { N: '1' }, writeId: { S: 'x' }, pieces: { N: '1' } }],
  ])('holds an item %s, which is left as it is', async (_name, item) => {
    replace('memory#000', { scope: { S: SCOPE }, part: { S: 'memory#000' }, ...item });
    const error = await failure(aStore().load());
    expect(error).toMatchObject({ code: 'state_unreadable' });
    expect(error.message).toContain('none of its own, "memory#000"');
  });

  it.each([
    ['that are not gzip', Buffer.from('plain').toString('base64'), 'not gzip'],
    ['of no JSON', Buffer.from('H4sIAAAAAAAAAytJLS4BAAx+f9gEAAAA', 'base64').toString('base64'), 'not JSON'],
  ])('holds bytes %s', async (_name, bytes, says) => {
    await aStore().save(aMemory('one'), 0);
    alter('memory#000', { bytes: { B: bytes } });
    expect((await failure(aStore().load())).message).toContain(says);
  });

  it('holds a document that belongs to another version', async () => {
    await aStore().save(aMemory('one'), 0);
    alter('memory#000', { version: { N: '2' } });
    expect((await failure(aStore().load())).message).toContain('another version than its items say');
  });

  it.each([
    ['AccessDeniedException', "allow the function's role dynamodb:Query on the table"],
    ['ResourceNotFoundException', 'deploy the stack'],
    ['UnrecognizedClientException', 'credentials'],
    ['ValidationException', 'deploy the stack'],
  ])('since %s says what to do', async (name, says) => {
    table.onQueries.push(faulty(name));
    const error = await failure(aStore().load());
    expect(error).toMatchObject({ code: 'state_unreadable' });
    expect(error.message).toContain(`(${name})`);
    expect(error.message).toContain(says);
  });

  it('is read again after a throttling and a 500', async () => {
    table.onQueries.push(faulty('ThrottlingException'), faulty('InternalServerError', 'no', 500));
    expect((await aStore().load()).version).toBe(0);
  });

  it.each([
    ['never answers', hangs],
    ['stops midway', stallsMidway(200, '{"Items":')],
  ])('since the table %s is given up within its time', async (_name, behaviour) => {
    table.onQueries.push(behaviour, behaviour, behaviour, behaviour);
    const started = performance.now();
    const error = await failure(aStore({ seconds: 0.5 }).load());
    expect(performance.now() - started).toBeLessThan(1900);
    expect(error).toMatchObject({ code: 'state_unreadable' });
    await allConnectionsClosed(table.server);
  });
});

function aStore({ seconds = 5 } = {}): DynamoDbStore {
  return new DynamoDbStore({ client: table.client(), table: TABLE, scope: SCOPE, seconds });
}

/** A memory that holds the word, and takes about so many bytes when it is compressed. */
function aMemory(word: string, bytes = 0): WatchState {
  return { ...INITIAL_STATE, lease: { holder: word + noise(bytes), expiresAt: 1 } };
}

/** Digits that do not compress to less than about `bytes`, the same each time. */
function noise(bytes: number): string {
  let state = 1;
  const buffer = Buffer.alloc(Math.round(bytes * 0.9925));
  for (let at = 0; at < buffer.length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    buffer[at] = state >>> 24;
  }
  return buffer.toString('base64');
}

function replace(part: string, item: Item | undefined): void {
  if (item !== undefined) table.items.set(part, item);
}

function alter(part: string, attributes: Item): void {
  replace(part, { ...table.items.get(part), ...attributes });
}

async function failure(attempt: Promise<unknown>): Promise<Error> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
