import { INITIAL_STATE } from '../../lambda/core/state.ts';
import { DynamoDbStore } from '../../lambda/state/dynamodb-store.ts';
import { fakeTimers, timerStarted } from '../http/fake-timers.ts';
import { allConnectionsClosed, closeLocalServers, hangs, stallsMidway } from '../http/local-server.ts';
import { ADynamoDb, faulty, type Item, TABLE } from './a-dynamodb.ts';
import { alterItem, aState, aStore, KB, putItem, SCOPE } from './a-dynamodb-store.ts';
import { rejectionOf } from './rejection.ts';

let table: ADynamoDb;

beforeEach(async () => {
  table = await ADynamoDb.start();
});
afterEach(closeLocalServers);

describe('a state in a table', () => {
  it('is the initial state at version 0 before the first save', async () => {
    expect(await aStore(table).load()).toEqual({ state: INITIAL_STATE, version: 0 });
  });

  it('is loaded by another store as it was saved', async () => {
    expect(await aStore(table).save(aState('one'), 0)).toBe(1);
    expect(await aStore(table).load()).toEqual({ state: aState('one'), version: 1 });
  });

  it('is one item while it is small', async () => {
    await aStore(table).save(aState('small'), 0);
    expect([...table.items.keys()]).toEqual(['state#000']);
  });

  it('costs one call to load and one to save', async () => {
    const store = aStore(table);
    const { version } = await store.load();
    await store.save(aState('one'), version);
    expect([table.queries, table.writes]).toEqual([1, 1]);
  });

  it('costs no read before a save that follows another of the same store', async () => {
    const store = aStore(table);
    const version = await store.save(aState('one'), 0);
    table.queries = 0;
    await store.save(aState('two'), version);
    expect(table.queries).toBe(0);
  });

  it.each([
    ['2.5 KB', 2.5 * KB, 1],
    ['3.5 KB', 3.5 * KB, 2],
    ['349 KB', 349 * KB, 2],
    ['351 KB', 351 * KB, 3],
    ['1200 KB', 1200 * KB, 5],
  ])('of %s is loaded as it was saved', async (_name, bytes, items) => {
    const state = aState('large', bytes);
    await aStore(table).save(state, 0);
    expect(table.items.size).toBe(items);
    expect(await aStore(table).load()).toEqual({ state, version: 1 });
  });

  it('of 2300 KB costs three calls to load', async () => {
    await aStore(table).save(aState('large', 2300 * KB), 0);
    table.queries = 0;
    await aStore(table).load();
    expect(table.queries).toBe(3);
  });

  it('that is small leaves no item of a larger one that another store wrote', async () => {
    await aStore(table).save(aState('large', 1200 * KB), 0);
    const store = aStore(table);
    await store.save(aState('small'), (await store.load()).version);
    expect([...table.items.keys()]).toEqual(['state#000']);
    expect((await aStore(table).load()).version).toBe(2);
  });

  it('that is small leaves no item of a larger one that was not loaded before', async () => {
    await aStore(table).save(aState('large', 1200 * KB), 0);
    await aStore(table).save(aState('small'), 1);
    expect([...table.items.keys()]).toEqual(['state#000']);
  });

  it('is separate from the states of other scopes, and from other items of its scope', async () => {
    table.items.set('other', { scope: { S: 'another' }, part: { S: 'state#000' } });
    table.items.set('silence#1', { scope: { S: SCOPE }, part: { S: 'silence#1' } });
    expect((await aStore(table).load()).version).toBe(0);
  });

  it('above 4 MB is refused with the fix, and nothing is written', async () => {
    const error = await rejectionOf(aStore(table).save(aState('huge', 4200 * KB), 0));
    expect(error).toMatchObject({ code: 'state_unwritable' });
    expect(error.message).toBe(
      'cannot write the state in table "sync-alerts-test", scope scope-of-this-test: it has 4.1 MB compressed, without all that can be left out, and one transaction writes at most 4.0 MB; watch fewer syncs with this stack: exclude some in the policy, or set connectorId; or let fewer routes continue. Nothing was written',
    );
    expect(table.writes).toBe(0);
  });

  it('just below 4 MB is saved and loaded', async () => {
    const state = aState('large', 4050 * KB);
    await aStore(table).save(state, 0);
    expect(await aStore(table).load()).toEqual({ state, version: 1 });
  });
});

describe('a load during the save of another check', () => {
  it('reads again when it finds items of two writes', async () => {
    await aStore(table).save(aState('one', 1200 * KB), 0);
    const before = new Map(table.items);
    await aStore(table).save(aState('two', 1200 * KB), 1);
    const after = new Map(table.items);
    table.queries = 0;
    putItem(table, 'state#002', before.get('state#002'));
    table.beforeQueries.push(
      () => {},
      () => {},
      () => putItem(table, 'state#002', after.get('state#002')),
    );
    expect(await aStore(table).load()).toEqual({ state: aState('two', 1200 * KB), version: 2 });
    expect(table.queries).toBe(4);
  });

  it.each<[string, () => void]>([
    ['an item of another version', () => alterItem(table, 'state#001', { version: { N: '7' } })],
    [
      'an item of another write of the same version',
      () => alterItem(table, 'state#001', { writeId: { S: 'another' } }),
    ],
    ['a missing item', () => table.items.delete('state#002')],
    ['a missing head', () => table.items.delete('state#000')],
    [
      'an additional item',
      () => putItem(table, 'state#009', { ...table.items.get('state#001'), part: { S: 'state#009' } }),
    ],
  ])('fails after 5 reads with %s, and changes nothing', async (_name, spoil) => {
    await aStore(table).save(aState('one', 900 * KB), 0);
    spoil();
    const before = new Map(table.items);
    table.queries = 0;
    const error = await rejectionOf(aStore(table).load());
    expect(error).toMatchObject({ code: 'state_unreadable' });
    expect(error.message).toBe(
      'cannot read the state in table "sync-alerts-test", scope scope-of-this-test: its items belong to different writes, in 5 reads in a row. The stored document was not changed; restore the table to a point in time, or delete its items to start with an empty state (the next check then sends every open problem again)',
    );
    expect(table.items).toEqual(before);
    expect(table.queries).toBe(5);
  });

  it('waits 50 to 100 ms before the second read, and 100 to 200 ms before the third', async () => {
    fakeTimers();
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    await aStore(table).save(aState('one', 400 * KB), 0);
    table.items.delete('state#001');
    const store = new DynamoDbStore({ client: table.client(), table: TABLE, scope: SCOPE });
    const first = rejectionOf(store.load());
    await timerStarted(50);
    random.mockReturnValue(1);
    await jest.advanceTimersByTimeAsync(50);
    await timerStarted(200);
    await jest.advanceTimersByTimeAsync(5000);
    expect(await first).toMatchObject({ code: 'state_unreadable' });
  });
});

describe('a load fails, and changes nothing,', () => {
  it.each<[string, Item]>([
    ['without a version', { writeId: { S: 'x' }, pieces: { N: '1' }, bytes: { B: '' } }],
    ['whose version is not a number', { version: { S: '1' }, writeId: { S: 'x' }, bytes: { B: '' } }],
    ['without bytes', { version: { N: '1' }, writeId: { S: 'x' }, pieces: { N: '1' } }],
  ])('on an item %s', async (_name, item) => {
    putItem(table, 'state#000', { scope: { S: SCOPE }, part: { S: 'state#000' }, ...item });
    const before = new Map(table.items);
    const error = await rejectionOf(aStore(table).load());
    expect(error).toMatchObject({ code: 'state_unreadable' });
    expect(error.message).toContain(': another program wrote its item "state#000". ');
    expect(table.items).toEqual(before);
  });

  it.each([
    ['that are not gzip', Buffer.from('plain').toString('base64'), 'its bytes are not gzip'],
    [
      'that are not JSON',
      Buffer.from('H4sIAAAAAAAAAytJLS4BAAx+f9gEAAAA', 'base64').toString('base64'),
      'its text is not JSON',
    ],
  ])('on bytes %s', async (_name, bytes, problem) => {
    await aStore(table).save(aState('one'), 0);
    alterItem(table, 'state#000', { bytes: { B: bytes } });
    expect((await rejectionOf(aStore(table).load())).message).toContain(`it is damaged: ${problem}`);
  });

  it('on a document with another version than its items', async () => {
    await aStore(table).save(aState('one'), 0);
    alterItem(table, 'state#000', { version: { N: '2' } });
    expect((await rejectionOf(aStore(table).load())).message).toContain(
      'its document has another version than its items',
    );
  });

  it.each([
    ['AccessDeniedException', "access denied: allow the function's role dynamodb:Query on the table"],
    [
      'ResourceNotFoundException',
      'the table does not exist in this account and region: restore it, and adopt the restored one',
    ],
    [
      'UnrecognizedClientException',
      "the function's credentials are missing or expired; the next check retries",
    ],
    [
      'ValidationException',
      'the table does not have the keys "scope" and "part", or the request is too large: adopt a table with those keys',
    ],
    ['UnknownException', 'the next check retries; if this lasts, check the status of Amazon DynamoDB'],
  ])('after %s, with the fix', async (name, advice) => {
    table.onQueries.push(faulty(name));
    const error = await rejectionOf(aStore(table).load());
    expect(error).toMatchObject({ code: 'state_unreadable' });
    expect(error.message).toBe(
      `cannot read the state in table "sync-alerts-test", scope scope-of-this-test (${name}); ${advice}`,
    );
  });

  it.each([
    ['never responds', hangs],
    ['stalls in a response', stallsMidway(200, '{"Items":')],
  ])('in its time when the table %s', async (_name, behaviour) => {
    table.onQueries.push(behaviour, behaviour, behaviour, behaviour);
    const started = performance.now();
    const error = await rejectionOf(aStore(table, { seconds: 0.5 }).load());
    expect(performance.now() - started).toBeLessThan(1900);
    expect(error).toMatchObject({ code: 'state_unreadable' });
    await allConnectionsClosed(table.server);
  });

  it('after 5 s, retries included', async () => {
    fakeTimers();
    table.onQueries.push(hangs);
    const loading = rejectionOf(aStore(table).load());
    await timerStarted(5000);
    await jest.advanceTimersByTimeAsync(5000);
    expect(await loading).toMatchObject({ code: 'state_unreadable' });
  });
});

it('a load is retried after a throttling error and a 500', async () => {
  // The SDK's backoff is a random part of its longest delay.
  jest.spyOn(Math, 'random').mockReturnValue(0);
  table.onQueries.push(faulty('ThrottlingException'), faulty('InternalServerError', 'no', 500));
  expect((await aStore(table).load()).version).toBe(0);
});
