/*
 * Reads the text of a night as people write it (test/nights/README.md), and gives a `Night`, or every fault with the
 * number of its line. `npm run night` and the tests of the nights call it.
 */
import { Faults, type Line } from './faults.ts';
import { knownNames, unknownName } from './known-names.ts';
import { LineFault, LineReader } from './line-reader.ts';
import type { Expectation, Group, Night, TimedEvent, Window } from './night.ts';
import { readExpectation } from './read-expectation.ts';
import { readGroup } from './read-group.ts';
import { readWrittenPolicy } from './read-json.ts';
import { readTimedEvents } from './read-timed-events.ts';
import { type Field, type Sections, sectionsOf } from './sections.ts';
import { readMinutes, readTime } from './time-words.ts';

export type ParsedNight =
  | { readonly ok: true; readonly night: Night }
  /** "14: expected a time such as 03:55 or day 2 03:55, got "3:55am"", one each. */
  | { readonly ok: false; readonly faults: readonly string[] };

const PERIOD_MINUTES = 5;

/** Parses a night. Pure and strict: a line that is not understood is a fault. */
export function parseNight(text: string): ParsedNight {
  const faults = new Faults();
  const sections = sectionsOf(text, faults);
  const times = readTimes(sections, faults);
  const groups = readGroups(sections.syncs, faults);
  const events = readEvents(sections.events, { groups, lastCheck: times.lastCheck, faults });
  const night: Night = {
    title: required(sections, 'title', faults).text,
    story: required(sections, 'story', faults).text,
    wants: sections.fields.wants.map((line) => line.text),
    expectations: readExpectations(sections, { from: times.firstCheck, to: times.lastCheck }, faults),
    ...times,
    ...readFilter(sections),
    policy: readPolicy(sections, faults),
    groups,
    events,
  };
  return faults.messages.length > 0 ? { ok: false, faults: faults.messages } : { ok: true, night };
}

function required({ fields }: Sections, field: Field, faults: Faults): Line {
  const [line] = fields[field];
  if (line !== undefined) return line;
  faults.add(`expected the field "${field}:"`);
  return { number: 0, text: '' };
}

type Times = Pick<Night, 'midnight' | 'firstCheck' | 'lastCheck' | 'periodMinutes'>;

function readTimes(sections: Sections, faults: Faults): Times {
  const from = required(sections, 'from', faults);
  const to = required(sections, 'to', faults);
  const start = (from.number > 0 && faults.attempt(from, readStart)) || { midnight: 0, firstCheck: 0 };
  const { firstCheck } = start;
  const lastCheck = (to.number > 0 && faults.attempt(to, (text) => readWhole(text, readTime))) || firstCheck;
  if (lastCheck < firstCheck)
    faults.add(`expected a time after the first check, got "${to.text}"`, to.number);
  const [checks] = sections.fields.checks;
  const read = checks && faults.attempt(checks, readPeriod);
  return { ...start, lastCheck, periodMinutes: read ?? PERIOD_MINUTES };
}

/** "2026-11-24 00:00". */
function readStart(text: string): Pick<Night, 'midnight' | 'firstCheck'> {
  const expected = 'a date and a time such as 2026-11-24 00:00';
  const [, date = ''] = /^(\d{4}-\d\d-\d\d) /.exec(text) ?? [];
  const midnight = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(midnight)) throw new LineFault(expected, `"${text}"`);
  return { midnight, firstCheck: readWhole(text.slice(date.length), readTime) };
}

/** "every 5m". */
function readPeriod(text: string): number {
  return readWhole(text, (reader) => {
    reader.expectWords('every');
    return readMinutes(reader);
  });
}

function readWhole<T>(text: string, read: (reader: LineReader) => T): T {
  const reader = new LineReader(text);
  const value = read(reader);
  reader.expectEnd();
  return value;
}

function readGroups(lines: readonly Line[], faults: Faults): readonly Group[] {
  if (lines.length === 0) faults.add('expected a section "syncs" with at least one group');
  const taken = new Set<string>();
  return lines.flatMap((line) => {
    const group = faults.attempt(line, (text) => readWhole(text, readGroup));
    const again = group?.names.find((name) => taken.has(name));
    if (again !== undefined) faults.add(`expected each name once, got "${again}" again`, line.number);
    for (const name of group?.names ?? []) taken.add(name);
    return group ?? [];
  });
}

function readEvents(
  lines: readonly Line[],
  {
    groups,
    lastCheck,
    faults,
  }: { readonly groups: readonly Group[]; readonly lastCheck: number; readonly faults: Faults },
): readonly TimedEvent[] {
  const events = lines.flatMap((line) => faults.attempt(line, () => readTimedEvents(line, lastCheck)) ?? []);
  const known = knownNames(groups, events);
  // Repetitions share a line: its fault is said once.
  const unknown = new Map(
    events.flatMap(({ event, line }) => {
      const fault = unknownName(event, known);
      return fault === undefined ? [] : [[line, fault.message] as const];
    }),
  );
  for (const [line, message] of unknown) faults.add(message, line);
  return events.toSorted((a, b) => a.at - b.at);
}

function readExpectations({ fields }: Sections, night: Window, faults: Faults): readonly Expectation[] {
  return fields.expect.flatMap((line) => {
    const read = faults.attempt(line, (text) => readExpectation(new LineReader(text), night));
    return read === undefined ? [] : [{ line: line.number, text: line.text, ...read }];
  });
}

function readFilter({ fields: { filter } }: Sections): Pick<Night, 'connectorFilter'> {
  const [line] = filter;
  return line === undefined ? {} : { connectorFilter: line.text };
}

function readPolicy({ fields }: Sections, faults: Faults): unknown {
  const [line] = fields.policy;
  if (line === undefined) return {};
  return faults.attempt(line, (text) => readWhole(text, readWrittenPolicy));
}
