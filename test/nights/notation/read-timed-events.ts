import { LineFault, LineReader } from './line-reader.ts';
import type { Minute, NightEvent, TimedEvent } from './night.ts';
import { readEvent } from './read-event.ts';
import { readMinutes, readTime } from './time-words.ts';

const MAX_REPETITIONS = 20_000;

/**
 * Reads a line of the section "events" as the events that it stands for: "20:00 every 1d until day 5 20:00 a person pauses
 * s1..s45, one every 1m" is 225 of them.
 *
 * @param lastCheck Without "until" an event repeats to there.
 */
export function readTimedEvents(
  line: { readonly number: number; readonly text: string },
  lastCheck: Minute,
): readonly TimedEvent[] {
  const [, unstaggered = line.text, stagger] = /^(.*?),? one every (\S+)$/.exec(line.text) ?? [];
  const reader = new LineReader(unstaggered);
  const first = readTime(reader);
  const repetition = readRepetition(reader, lastCheck);
  const text = reader.textFromHere();
  const event = readEvent(reader);
  reader.expectEnd();
  const stepMinutes = stagger === undefined ? undefined : readMinutes(new LineReader(stagger));
  const parts = stepMinutes === undefined ? [event] : oneByOne(event);
  const shown = [repetition?.text, text].filter((part) => part !== undefined).join(': ');
  const ending = stagger === undefined ? '' : `, one every ${stagger}`;
  return timesOf(first, repetition).flatMap((at, time) =>
    parts.map((part, index) => ({
      at: at + index * (stepMinutes ?? 0),
      line: line.number,
      text: `${shown}${ending}`,
      isFirst: time === 0 && index === 0,
      event: part,
    })),
  );
}

interface Repetition {
  readonly everyMinutes: number;
  readonly until: Minute;
  /** As the line says it. */
  readonly text: string;
}

function readRepetition(reader: LineReader, lastCheck: Minute): Repetition | undefined {
  if (reader.peekWord() !== 'every') return undefined;
  const word = reader.peekWord(1) ?? '';
  reader.expectWords('every');
  const everyMinutes = readMinutes(reader);
  if (!reader.accepts('until')) return { everyMinutes, until: lastCheck, text: `every ${word}` };
  const before = reader.textFromHere();
  const until = readTime(reader);
  const written = before.slice(0, before.length - reader.textFromHere().length).trim();
  return { everyMinutes, until, text: `every ${word} until ${written}` };
}

function timesOf(first: Minute, repetition: Repetition | undefined): readonly Minute[] {
  if (repetition === undefined) return [first];
  const { everyMinutes, until } = repetition;
  const count = Math.floor((until - first) / everyMinutes) + 1;
  if (count < 1 || count > MAX_REPETITIONS)
    throw new LineFault(`1 to ${MAX_REPETITIONS} repetitions`, String(Math.max(0, count)));
  return Array.from({ length: count }, (_, index) => first + index * everyMinutes);
}

/** One event for each sync that it names. */
function oneByOne(event: NightEvent): readonly NightEvent[] {
  if (!('subject' in event) || event.subject.kind !== 'syncs')
    throw new LineFault('names of syncs before "one every"', 'another subject');
  const { names } = event.subject;
  return names.map((name) => ({ ...event, subject: { kind: 'syncs', names: [name] } }));
}
