import { aSilence, aSilenceOf } from '../core/a-silence.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { ADynamoDb } from './a-dynamodb.ts';
import { aState, aStore, KB, putItem, SCOPE } from './a-dynamodb-store.ts';
import { rejectionOf } from './rejection.ts';

let table: ADynamoDb;

beforeEach(async () => {
  table = await ADynamoDb.start();
});
afterEach(closeLocalServers);

const silence = (id: string) =>
  aSilence({ connection: ['pg-main'] }, { id, reason: 'the migration of pg-main' });

describe('fifty silences', () => {
  async function withFifty(bytes: number) {
    await aStore(table).save(aState('first', bytes), 0);
    for (let index = 0; index < 50; index += 1) await aStore(table).addSilence(silence(`s${index}`));
    const store = aStore(table);
    await store.load();
    [table.queries, table.readUnits] = [0, 0];
    return store;
  }

  it.each([[0], [3 * KB], [400 * KB]])(
    'beside a state of %d bytes cost one call and one read unit while nothing changes',
    async (bytes) => {
      const store = await withFifty(bytes);
      const { silences } = await store.load();
      expect([table.queries, table.readUnits, silences?.known.length]).toEqual([1, 1, 50]);
    },
  );

  it('cost one more call after a change, and one again after that', async () => {
    const store = await withFifty(0);
    await aStore(table).removeSilence('s7');
    expect((await store.load()).silences?.known).toHaveLength(49);
    expect(table.queries).toBe(2);
    await store.load();
    expect(table.queries).toBe(3);
  });

  it('are read in one call with the state by a store that knows neither', async () => {
    await withFifty(0);
    table.queries = 0;
    expect((await aStore(table).load()).silences?.known).toHaveLength(50);
    expect(table.queries).toBe(1);
  });
});

describe('the item of a silence', () => {
  it('is deleted by the table a day after its end', async () => {
    await aStore(table).addSilence(aSilence({ id: ['a'] }, { endsAt: 1_000_500 }));
    expect(table.items.get('state#silence#k3f9')?.['expiresAt']).toEqual({ N: String(1001 + 86_400) });
  });

  it('is left out once the table has deleted it, when it is read anew', async () => {
    await aStore(table).addSilence(silence('aaaa'));
    table.items.delete('state#silence#aaaa');
    expect('silences' in (await aStore(table).load())).toBe(false);
  });

  it.each([
    ['of a newer version', JSON.stringify({ ...silence('aaaa'), schemaVersion: 2 })],
    [
      'with a matcher that has an unknown field',
      JSON.stringify({ ...silence('aaaa'), schemaVersion: 1, match: { id: ['a'], team: ['x'] } }),
    ],
    ['of an unknown kind', JSON.stringify({ ...silence('aaaa'), schemaVersion: 1, kind: 'route' })],
    ['that is no JSON', '{'],
  ])('%s is named, silences nothing, and stays', async (_, written) => {
    const part = 'state#silence#aaaa';
    putItem(table, part, { scope: { S: SCOPE }, part: { S: part }, silence: { S: written } });
    await aStore(table).addSilence(silence('bbbb'));
    const store = aStore(table);
    expect((await store.load()).silences).toEqual({ known: [silence('bbbb')], unknown: ['aaaa'] });
    await store.save(aState('later'), 0);
    expect(table.items.get(part)?.['silence']).toEqual({ S: written });
    expect(await store.removeSilence('aaaa')).toBe(true);
  });

  it('that names too many alerts for an item is refused, with what to do', async () => {
    const alerts = Array.from({ length: 20_000 }, (_, index) => `sync:${index}-${'x'.repeat(30)}`);
    const error = await rejectionOf(aStore(table).addSilence(aSilenceOf(alerts)));
    expect(error).toMatchObject({ code: 'state_unwritable' });
    expect(error.message).toMatch(
      /names so many alerts that it has \d+ KB.*silence them by a matcher instead/,
    );
    expect(table.writes).toBe(0);
  });
});
