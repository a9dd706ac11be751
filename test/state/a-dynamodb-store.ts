import { INITIAL_STATE, type WatchState } from '../../lambda/core/state.ts';
import { DynamoDbStore } from '../../lambda/state/dynamodb-store.ts';
import { type ADynamoDb, type Item, TABLE } from './a-dynamodb.ts';

export const SCOPE = 'scope-of-this-test';
export const KB = 1024;

/** A store on this table, whose retries wait 1 to 2 ms, then twice as long each. */
export function aStore(
  table: ADynamoDb,
  options: Partial<
    Pick<ConstructorParameters<typeof DynamoDbStore>[0], 'seconds' | 'minDelayMs' | 'now'>
  > = {},
): DynamoDbStore {
  return new DynamoDbStore({ client: table.client(), table: TABLE, scope: SCOPE, minDelayMs: 1, ...options });
}

/** A state that contains the word, and has about this many bytes compressed. */
export function aState(word: string, bytes = 0): WatchState {
  return { ...INITIAL_STATE, lease: { holder: word + noise(bytes), expiresAt: 1 } };
}

/** Text that compresses to about this many bytes, the same text each time. */
function noise(bytes: number): string {
  let seed = 1;
  const buffer = Buffer.alloc(Math.round(bytes * 0.9925));
  for (let at = 0; at < buffer.length; at += 1) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    buffer[at] = seed >>> 24;
  }
  return buffer.toString('base64');
}

/** Stores an item by its sort key. */
export function putItem({ items }: ADynamoDb, part: string, item: Item | undefined): void {
  if (item !== undefined) items.set(part, item);
}

/** Changes attributes of a stored item. */
export function alterItem(table: ADynamoDb, part: string, attributes: Item): void {
  putItem(table, part, { ...table.items.get(part), ...attributes });
}
