import type { DynamoDbStore } from '../../lambda/state/dynamodb-store.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { ADynamoDb, faulty } from './a-dynamodb.ts';
import { alterItem, aState, aStore, KB } from './a-dynamodb-store.ts';
import { rejectionOf } from './rejection.ts';

let table: ADynamoDb;

beforeEach(async () => {
  table = await ADynamoDb.start();
});
afterEach(closeLocalServers);

describe('a state that is unchanged since this store', () => {
  it.each([
    ['loaded it, of 1200 KB', 1200 * KB, async (store: DynamoDbStore) => store.load()],
    ['loaded it, of 3 KB', 3 * KB, async (store: DynamoDbStore) => store.load()],
    ['saved it', 0, async (store: DynamoDbStore) => store.save(aState('own', 1200 * KB), 1)],
  ])('%s, costs one call and one read unit to load', async (_, bytes, learn) => {
    await aStore(table).save(aState('first', bytes), 0);
    const store = aStore(table);
    await learn(store);
    [table.queries, table.readUnits] = [0, 0];
    const loaded = await store.load();
    expect([table.queries, table.readUnits]).toEqual([1, 1]);
    expect(loaded).toEqual(await aStore(table).load());
  });
});

describe('a state that this store has loaded is read as a whole again', () => {
  it.each([
    ['another store saved a later one', async () => aStore(table).save(aState('later', 400 * KB), 1)],
    [
      'the table was restored, and the same version was saved anew',
      async () => {
        table.items.clear();
        await aStore(table).save(aState('anew'), 0);
      },
    ],
    ['its items were deleted', async () => table.items.clear()],
  ])('once %s', async (_, change) => {
    await aStore(table).save(aState('large', 1200 * KB), 0);
    const store = aStore(table);
    await store.load();
    await change();
    expect(await store.load()).toEqual(await aStore(table).load());
  });

  it('after a save that failed, since that write may have been executed', async () => {
    await aStore(table).save(aState('one'), 0);
    const store = aStore(table);
    await store.load();
    table.onWrites.push(faulty('AccessDeniedException'));
    await rejectionOf(store.save(aState('two'), 1));
    table.queries = 0;
    expect(await store.load()).toEqual({ state: aState('one'), version: 1 });
    expect(table.queries).toBe(1);
  });

  it('once another program changed its head, which is then reported', async () => {
    await aStore(table).save(aState('one'), 0);
    const store = aStore(table);
    await store.load();
    alterItem(table, 'state#000', { version: { S: 'x' } });
    expect(await rejectionOf(store.load())).toMatchObject({ code: 'state_unreadable' });
  });
});
