import type { Faults, Line } from './faults.ts';

const FIELDS = ['title', 'story', 'wants', 'expect', 'from', 'to', 'checks', 'policy', 'filter'] as const;
export type Field = (typeof FIELDS)[number];

/** Those that may stand several times. */
const REPEATED: ReadonlySet<Field> = new Set(['wants', 'expect']);
const SECTIONS = ['syncs', 'events'] as const;

/** The lines of a night, sorted by what they are about. */
export interface Sections {
  readonly fields: Readonly<Record<Field, readonly Line[]>>;
  readonly syncs: readonly Line[];
  readonly events: readonly Line[];
}

/**
 * Sorts the lines of a night. A field is "name: value"; its value goes on in the lines below that begin with a blank. The
 * sections "syncs" and "events" hold one line each of what is in them, indented. Lines that begin with # are comments.
 */
export function sectionsOf(text: string, faults: Faults): Sections {
  const fields: Record<Field, Line[]> = {
    title: [],
    story: [],
    wants: [],
    expect: [],
    from: [],
    to: [],
    checks: [],
    policy: [],
    filter: [],
  };
  const sections: Record<(typeof SECTIONS)[number], Line[]> = { syncs: [], events: [] };
  let current: Line[] | undefined;
  let isField = false;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = { number: index + 1, text: raw.trim() };
    if (line.text === '' || line.text.startsWith('#')) continue;
    if (/^\s/.test(raw)) {
      if (current === undefined)
        faults.add('expected a field or a section before an indented line', line.number);
      else if (isField) continueField(current, line);
      else current.push(line);
      continue;
    }
    const section = SECTIONS.find((name) => name === line.text.replace(/:$/, ''));
    isField = section === undefined;
    current = section === undefined ? openField(line, fields, faults) : sections[section];
  }
  return { fields, ...sections };
}

function openField(line: Line, fields: Record<Field, Line[]>, faults: Faults): Line[] | undefined {
  const [, name, value = ''] = /^(\w+):\s*(.*)$/.exec(line.text) ?? [];
  const field = FIELDS.find((one) => one === name);
  if (field === undefined) {
    faults.add(
      `expected "syncs", "events" or a field (${FIELDS.join(', ')}), got "${line.text}"`,
      line.number,
    );
    return [];
  }
  if (value === '') faults.add(`expected a value after "${field}:"`, line.number);
  if (fields[field].length > 0 && !REPEATED.has(field))
    faults.add(`expected "${field}:" once, got it again`, line.number);
  fields[field].push({ number: line.number, text: value });
  return fields[field];
}

function continueField(field: Line[], { text }: Line): void {
  const last = field.pop();
  if (last !== undefined) field.push({ ...last, text: `${last.text} ${text}` });
}
