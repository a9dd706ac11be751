import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Silence } from '../core/silence.ts';
import { type DocumentKey, PART_PREFIX, partName } from './dynamodb-items.ts';
import { decodeSilences, ENDED_KEPT_SECONDS, encodeSilence } from './silence-document.ts';
import type { StoredSilences } from './state-store.ts';

/*
 * The silences in the table: one item each, beside those of the state, which one query of all its items therefore reads
 * too. One more item holds the id of the latest write of any silence. Its sort key begins with that of the state's head:
 * the query that reads the head alone sees whether there are new silences, at no more cost.
 */

type Item = Readonly<Record<string, AttributeValue>>;

export const SILENCE_PREFIX = `${PART_PREFIX}silence#`;
const VERSION_PART = `${partName(0)}#silences`;

/** An item holds 400 KB, names and keys included (DynamoDB, "Service quotas"). */
export const MAX_SILENCE_BYTES = 350 * 1024;

/** The items of a scope by what they are. */
export interface PartedItems {
  readonly document: readonly Item[];
  readonly silences: readonly Item[];
  /** Undefined while no silence was ever written. */
  readonly silencesWriteId?: string;
}

export function parted(items: readonly Item[]): PartedItems {
  const partOf = (item: Item) => item['part']?.S ?? '';
  const version = items.find((item) => partOf(item) === VERSION_PART)?.['writeId']?.S;
  return {
    document: items.filter((item) => partOf(item) !== VERSION_PART && !isSilence(item)),
    silences: items.filter(isSilence),
    ...(version !== undefined && { silencesWriteId: version }),
  };
}

function isSilence(item: Item): boolean {
  return item['part']?.S?.startsWith(SILENCE_PREFIX) ?? false;
}

const itemSchema = v.object({
  silence: v.pipe(
    v.object({ S: v.pipe(v.string(), v.parseJson()) }),
    v.transform(({ S }) => S),
  ),
});

export function silencesIn(items: readonly Item[]): StoredSilences | undefined {
  return decodeSilences(
    items.map((item) => {
      const parsed = v.safeParse(itemSchema, item);
      const id = item['part']?.S?.slice(SILENCE_PREFIX.length) ?? '';
      return { id, document: parsed.success ? parsed.output.silence : undefined };
    }),
  );
}

/** Adds a silence that is not there. The table deletes it some days after its end. */
export function itemsToAdd(
  { table, scope }: DocumentKey,
  silence: Silence,
  writeId: string,
): TransactWriteItem[] {
  const Item = {
    scope: { S: scope },
    part: { S: SILENCE_PREFIX + silence.id },
    silence: { S: JSON.stringify(encodeSilence(silence)) },
    expiresAt: { N: String(Math.ceil(silence.endsAt / 1000) + ENDED_KEPT_SECONDS) },
  };
  const put = { TableName: table, Item, ConditionExpression: 'attribute_not_exists(part)' };
  return [{ Put: put }, newVersion({ table, scope }, writeId)];
}

export function itemsToRemove(
  { table, scope }: DocumentKey,
  id: string,
  writeId: string,
): TransactWriteItem[] {
  const Key = { scope: { S: scope }, part: { S: SILENCE_PREFIX + id } };
  const remove = { TableName: table, Key, ConditionExpression: 'attribute_exists(part)' };
  return [{ Delete: remove }, newVersion({ table, scope }, writeId)];
}

function newVersion({ table, scope }: DocumentKey, writeId: string): TransactWriteItem {
  const Item = { scope: { S: scope }, part: { S: VERSION_PART }, writeId: { S: writeId } };
  return { Put: { TableName: table, Item } };
}
