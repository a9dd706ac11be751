import { LineFault, type LineReader } from './line-reader.ts';
import type { Expectation, Rule, Window } from './night.ts';
import { readMinutes, readWindow } from './time-words.ts';

const EXPECTED =
  '"at most 3 messages", "exactly", "at least", "in DESTINATION", "silence", "a critical message", "nothing critical", "somebody reads", "nobody reads", "a push says", "no push says", "nothing held above", or two texts with "stands before"';

/** Takes an expectation: its destination, its rule, and the stretch of the night in which it holds. */
export function readExpectation(
  reader: LineReader,
  night: Window,
): Pick<Expectation, 'rule' | 'window' | 'destination'> {
  const destination = reader.accepts('in') ? reader.word('the name of a destination') : undefined;
  const rule = readRule(reader);
  const window = readWindow(reader, night);
  reader.expectEnd();
  return { rule, window, ...(destination !== undefined && { destination }) };
}

function readRule(reader: LineReader): Rule {
  if (reader.accepts('silence')) return { kind: 'messages', least: 0, most: 0 };
  if (reader.accepts('at most')) return { kind: 'messages', least: 0, most: readMessages(reader) };
  if (reader.accepts('at least'))
    return { kind: 'messages', least: readMessages(reader), most: Number.POSITIVE_INFINITY };
  if (reader.accepts('exactly')) {
    const count = readMessages(reader);
    return { kind: 'messages', least: count, most: count };
  }
  if (reader.accepts('a critical message')) return { kind: 'critical', isForbidden: false };
  if (reader.accepts('nothing critical')) return { kind: 'critical', isForbidden: true };
  if (reader.accepts('nothing held above')) return { kind: 'held', mostMinutes: readMinutes(reader) };
  const first = reader.optionalText();
  if (first !== undefined) {
    reader.expectWords('stands before');
    return { kind: 'order', first: patternOf(first), second: patternOf(reader.text('a text, in quotes')) };
  }
  return readReads(reader);
}

const READS = [
  ['somebody reads', 'message', false],
  ['nobody reads', 'message', true],
  ['a push says', 'push', false],
  ['no push says', 'push', true],
] as const;

function readReads(reader: LineReader): Rule {
  const found = READS.find(([words]) => reader.accepts(words));
  if (found === undefined) throw reader.fault(EXPECTED);
  const [, where, isForbidden] = found;
  return { kind: 'reads', pattern: patternOf(reader.text('a text, in quotes')), where, isForbidden };
}

function readMessages(reader: LineReader): number {
  const count = reader.word('a number of messages');
  if (!/^\d+$/.test(count)) throw new LineFault('a number of messages', `"${count}"`);
  if (!reader.accepts('message')) reader.expectWords('messages');
  return Number(count);
}

/** A text as it may stand in a message, as whole words; between slashes, a regular expression. */
function patternOf(text: string): RegExp {
  const expression = /^\/(.+)\/$/.exec(text)?.[1];
  if (expression !== undefined) {
    try {
      return new RegExp(expression, 'i');
    } catch {
      throw new LineFault('a regular expression', `"${text}"`);
    }
  }
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'i');
}
