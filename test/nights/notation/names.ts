import { LineFault, type LineReader } from './line-reader.ts';
import type { Subject } from './night.ts';

/** A name: letters, digits, and the marks that names of tables have. */
const NAME = /^[A-Za-z][\w.:-]*$/;
const RANGE = /^(.*?)(\d+)\.\.(.*?)(\d+)$/;
const MAX_RANGE = 20_000;

/** Takes a list such as "orders, refunds, s1..s40". */
export function readNames(reader: LineReader): readonly string[] {
  const names: string[] = [];
  do names.push(...namesOf(reader.word('a name, or a range such as s1..s40')));
  while (reader.acceptsComma());
  return names;
}

/** The names that a word stands for: one, or those of a range such as "s1..s40". */
export function namesOf(word: string): readonly string[] {
  const match = RANGE.exec(word);
  if (match === null) {
    if (!NAME.test(word) || word.includes('..'))
      throw new LineFault('a name, or a range such as s1..s40', `"${word}"`);
    return [word];
  }
  const [, prefix = '', first = '', samePrefix = '', last = ''] = match;
  const [low, high] = [Number(first), Number(last)];
  if (prefix !== samePrefix || high < low || high - low >= MAX_RANGE || !NAME.test(`${prefix}${first}`))
    throw new LineFault('a range such as s1..s40, of one prefix and upwards', `"${word}"`);
  return Array.from({ length: high - low + 1 }, (_, index) => `${prefix}${low + index}`);
}

/** The words that an event may not take as the name of a sync. */
const KINDS = {
  connection: 'connection',
  connections: 'connection',
  connector: 'connector',
  connectors: 'connector',
  agent: 'connector',
  kb: 'kb',
  kbs: 'kb',
  sync: 'syncs',
  syncs: 'syncs',
} as const;

/** Takes "everything", "connection pg-main", "connector a, b", "agent a", "kb a", or names of syncs. */
export function readSubject(reader: LineReader): Subject {
  if (reader.accepts('everything')) return { kind: 'everything' };
  const word = reader.peekWord();
  const kind = word !== undefined && isKind(word) ? KINDS[word] : undefined;
  if (kind !== undefined) reader.word('a kind');
  return { kind: kind ?? 'syncs', names: readNames(reader) };
}

function isKind(word: string): word is keyof typeof KINDS {
  return word in KINDS;
}
