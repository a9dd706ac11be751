import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';

/*
 * How a document lies in the table: its bytes cut into pieces, the first in the head item, each of the others in an item
 * of its own. Every item of one write carries the version and the id of that write, so that a reader sees whether what
 * it read is one write or parts of two.
 */

/** The sort keys of a memory begin so; other things of the same scope do not. */
export const PART_PREFIX = 'memory#';

/** The longest piece: an item may hold 400 KB, names and keys included (DynamoDB, "Service quotas"). */
export const PIECE_BYTES = 350 * 1024;

/** What one transaction may write (DynamoDB, `TransactWriteItems`). */
export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
export const MAX_TRANSACTION_ITEMS = 100;

/** What names, keys and numbers add to the bytes of a piece; a little more than it is. */
const ITEM_OVERHEAD_BYTES = 256;

/** One write of a document. */
export interface Written {
  readonly version: number;
  /** Names the write itself: the same version may be tried by two. */
  readonly writeId: string;
  readonly bytes: Uint8Array;
}

/** What the items of a scope make up. `torn`: parts of more than one write, or not all of one. */
export type Assembled =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'whole'; readonly written: Written; readonly pieces: number }
  | { readonly kind: 'torn' }
  /** An item that this program did not write; `part` is its sort key, where it has one. */
  | { readonly kind: 'foreign'; readonly part: string };

/** The document's bytes as pieces; at least one. */
export function piecesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += PIECE_BYTES) {
    pieces.push(bytes.subarray(at, at + PIECE_BYTES));
  }
  return pieces;
}

/** Whether one transaction can hold a write of these pieces that replaces a memory of `before` pieces. */
export function fitsTransaction(pieces: readonly Uint8Array[], before: number): boolean {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length + ITEM_OVERHEAD_BYTES, 0);
  return bytes <= MAX_TRANSACTION_BYTES && Math.max(pieces.length, before) <= MAX_TRANSACTION_ITEMS;
}

/**
 * The write as the items of one transaction: it replaces the memory of `before` pieces at the version before it, if the
 * head still holds that, or none where that is version 0.
 */
export function itemsOf(
  table: string,
  scope: string,
  { version, writeId, bytes }: Written,
  before: number,
): TransactWriteItem[] {
  const pieces = piecesOf(bytes);
  const condition =
    version === 1
      ? { ConditionExpression: 'attribute_not_exists(part)' }
      : {
          ConditionExpression: 'version = :before',
          ExpressionAttributeValues: { ':before': { N: String(version - 1) } },
        };
  const puts = pieces.map((piece, index) => ({
    Put: {
      TableName: table,
      Item: {
        scope: { S: scope },
        part: { S: partName(index) },
        version: { N: String(version) },
        writeId: { S: writeId },
        ...(index === 0 && { pieces: { N: String(pieces.length) } }),
        bytes: { B: piece },
      },
      ...(index === 0 && condition),
    },
  }));
  const leftOver = Array.from({ length: Math.max(0, before - pieces.length) }, (_, index) => ({
    Delete: {
      TableName: table,
      Key: { scope: { S: scope }, part: { S: partName(pieces.length + index) } },
    },
  }));
  return [...puts, ...leftOver];
}

/** Puts together what a reader found, in the order of the sort key. */
export function assembled(items: readonly Readonly<Record<string, AttributeValue>>[]): Assembled {
  if (items.length === 0) return { kind: 'nothing' };
  const parsed: v.InferOutput<typeof itemSchema>[] = [];
  for (const item of items) {
    const result = v.safeParse(itemSchema, item);
    if (!result.success) return { kind: 'foreign', part: item['part']?.S ?? 'without a name' };
    parsed.push(result.output);
  }
  const [head] = parsed;
  if (head?.pieces === undefined || head.pieces !== parsed.length) return { kind: 'torn' };
  const { version, writeId } = head;
  const isWhole = parsed.every(
    (item, index) => item.part === partName(index) && item.version === version && item.writeId === writeId,
  );
  if (!isWhole) return { kind: 'torn' };
  const bytes = Buffer.concat(parsed.map((item) => item.bytes));
  return { kind: 'whole', written: { version, writeId, bytes }, pieces: parsed.length };
}

/** The sort key of a piece: "memory#000" is the head. */
export function partName(index: number): string {
  return `${PART_PREFIX}${String(index).padStart(3, '0')}`;
}

const number = v.pipe(
  v.object({ N: v.pipe(v.string(), v.regex(/^\d{1,15}$/)) }),
  v.transform(({ N }) => Number(N)),
);
const text = v.pipe(
  v.object({ S: v.string() }),
  v.transform(({ S }) => S),
);

const itemSchema = v.object({
  part: text,
  version: number,
  writeId: text,
  pieces: v.exactOptional(number),
  bytes: v.pipe(
    v.object({ B: v.instance(Uint8Array) }),
    v.transform(({ B }) => B),
  ),
});
