import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { after, DAY_SECONDS, type Instant } from '../core/time.ts';

/*
 * The layout of a document in the table: a head item, which holds a small document itself and only the version of a
 * larger one, whose bytes are then cut into pieces, each in an item of its own. Every item of one write carries the version and the id of that write, so that a reader
 * can tell whether the items that it read belong to one write.
 */

/** The prefix of the sort keys of a state; other things in the same scope have other prefixes. */
export const PART_PREFIX = 'state#';

/** The longest piece: an item may hold 400 KB, names and keys included (DynamoDB, "Service quotas"). */
const PIECE_BYTES = 350 * 1024;

/**
 * The longest document that is in the head item: with keys and numbers, the item is within the 4 KB of one read unit
 * (DynamoDB, "Read and write capacity"). So reading the head alone, to see whether there is a new version, always costs
 * one read unit.
 */
const MAX_HEAD_BYTES = 3 * 1024;

/** The limits of one transaction (DynamoDB, `TransactWriteItems`). */
export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
const MAX_TRANSACTION_ITEMS = 100;

/** An upper estimate of the bytes that names, keys and numbers add to a piece. */
const ITEM_OVERHEAD_BYTES = 256;

/** One write of a document. */
export interface DocumentWrite {
  readonly version: number;
  /** Identifies the write: two checks may try to write the same version. */
  readonly writeId: string;
  readonly bytes: Uint8Array;
}

/** How long a state stays that nobody writes any more: that of a former organisation, base URL or connector filter. */
const KEPT_SECONDS = 90 * DAY_SECONDS;

/** What the items of a scope form together. */
type Assembled =
  | { readonly kind: 'none' }
  | { readonly kind: 'complete'; readonly write: DocumentWrite; readonly pieces: number }
  /** Items of more than one write, or not all items of one. */
  | { readonly kind: 'torn' }
  /** An item that this program did not write; `part` is its sort key, where it has one. */
  | { readonly kind: 'foreign'; readonly part: string };

/** The document's bytes as pieces. The first is that of the head: the whole document, or nothing of a larger one. */
export function piecesOf(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length <= MAX_HEAD_BYTES) return [bytes];
  const pieces: Uint8Array[] = [new Uint8Array()];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    pieces.push(bytes.subarray(at, at + PIECE_BYTES));
  }
  return pieces;
}

/** Whether one transaction can write these pieces over a document of `previousPieces`. */
export function fitsTransaction(pieces: readonly Uint8Array[], previousPieces: number): boolean {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length + ITEM_OVERHEAD_BYTES, 0);
  return bytes <= MAX_TRANSACTION_BYTES && Math.max(pieces.length, previousPieces) <= MAX_TRANSACTION_ITEMS;
}

/** Where a document is stored. */
export interface DocumentKey {
  readonly table: string;
  /** The partition key. */
  readonly scope: string;
}

/**
 * The items of one transaction. It replaces a document of `previousPieces` pieces, if the head still holds the version
 * before; at version 1, if there is no head.
 */
export function itemsOf(
  { table, scope }: DocumentKey,
  { version, writeId, bytes, at }: DocumentWrite & { readonly at: Instant },
  previousPieces: number,
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
        // The table's TTL attribute, in seconds.
        expiresAt: { N: String(Math.round(after(at, KEPT_SECONDS) / 1000)) },
        ...(index === 0 && { pieces: { N: String(pieces.length) } }),
        bytes: { B: piece },
      },
      ...(index === 0 && condition),
    },
  }));
  const deletes = Array.from({ length: Math.max(0, previousPieces - pieces.length) }, (_, index) => ({
    Delete: {
      TableName: table,
      Key: { scope: { S: scope }, part: { S: partName(pieces.length + index) } },
    },
  }));
  return [...puts, ...deletes];
}

/** The id of the write that a head belongs to; undefined for an item that is not the head of a document. */
export function writeIdOf(head: Readonly<Record<string, AttributeValue>> | undefined): string | undefined {
  const parsed = v.safeParse(itemSchema, head);
  return parsed.success && parsed.output.pieces !== undefined ? parsed.output.writeId : undefined;
}

/** Assembles the items that a reader found, in the order of the sort key. */
export function assembled(items: readonly Readonly<Record<string, AttributeValue>>[]): Assembled {
  if (items.length === 0) return { kind: 'none' };
  const parsed: v.InferOutput<typeof itemSchema>[] = [];
  for (const item of items) {
    const result = v.safeParse(itemSchema, item);
    if (!result.success) return { kind: 'foreign', part: item['part']?.S ?? 'without a sort key' };
    parsed.push(result.output);
  }
  const [head] = parsed;
  if (head?.pieces === undefined || head.pieces !== parsed.length) return { kind: 'torn' };
  const { version, writeId } = head;
  const isComplete = parsed.every(
    (item, index) => item.part === partName(index) && item.version === version && item.writeId === writeId,
  );
  if (!isComplete) return { kind: 'torn' };
  const bytes = Buffer.concat(parsed.map((item) => item.bytes));
  return { kind: 'complete', write: { version, writeId, bytes }, pieces: parsed.length };
}

/** The sort key of a piece; `state#000` is the head. */
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
