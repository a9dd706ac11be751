import { LineFault, type LineReader } from './line-reader.ts';
import { namesOf, readNames } from './names.ts';
import type { Group } from './night.ts';
import { durationOf, readDuration, readTime } from './time-words.ts';

const CREATED_SECONDS_AGO = 300 * 86_400;
const TAKES_SECONDS = 40;
const ROWS = 1000;
const EXPECTED =
  '"every", "on", "into", "at", "takes", "moves", "loads", "created", "last success", "older api" or "touched by runs"';

type Draft = { -readonly [Field in keyof Group]?: Group[Field] };

/**
 * Takes a group: names and then, in any order, what they have in common. "s1..s40 every 15m on box/pg-main".
 *
 * @throws LineFault when it has no interval or no connection.
 */
export function readGroup(reader: LineReader): Group {
  const names = readNames(reader);
  const draft: Draft = {};
  while (!reader.isAtEnd) readClause(reader, draft);
  const { intervalsSeconds, connectors, connections } = draft;
  if (intervalsSeconds === undefined) throw new LineFault('an interval ("every 15m")', 'none');
  if (connectors === undefined || connections === undefined)
    throw new LineFault('a connector and a connection ("on box/pg-main")', 'none');
  return {
    knowledgeBases: ['warehouse'],
    takesSeconds: TAKES_SECONDS,
    rows: ROWS,
    createdSecondsAgo: CREATED_SECONDS_AGO,
    isOlderApi: false,
    isTouchedByRuns: false,
    ...draft,
    names,
    intervalsSeconds,
    connectors,
    connections,
  };
}

function readClause(reader: LineReader, draft: Draft): void {
  if (reader.accepts('every')) draft.intervalsSeconds = reader.word('an interval').split('/').map(durationOf);
  else if (reader.accepts('on')) Object.assign(draft, readPlaces(reader));
  else if (reader.accepts('into')) draft.knowledgeBases = readNames(reader);
  else if (reader.accepts('at')) draft.runsAt = readRunTimes(reader);
  else if (reader.accepts('takes')) draft.takesSeconds = readDuration(reader);
  else if (reader.accepts('moves')) draft.rows = readRows(reader);
  else if (reader.accepts('loads')) draft.loadsSeconds = readDuration(reader);
  else if (reader.accepts('created')) draft.createdSecondsAgo = readAgo(reader);
  else if (reader.accepts('last success')) draft.lastSuccessSecondsAgo = readAgo(reader);
  else if (reader.accepts('older api')) draft.isOlderApi = true;
  else if (reader.accepts('touched by runs')) draft.isTouchedByRuns = true;
  else throw reader.fault(EXPECTED);
}

/** "box/pg-main", "box-1..box-4/pg-1..pg-20", or a list of such. */
function readPlaces(reader: LineReader): Pick<Group, 'connectors' | 'connections'> {
  const connectors: string[] = [];
  const connections: string[] = [];
  do {
    const word = reader.word('a connector and a connection such as box/pg-main');
    const [connector, connection, ...more] = word.split('/');
    if (connector === undefined || connection === undefined || more.length > 0)
      throw new LineFault('a connector and a connection such as box/pg-main', `"${word}"`);
    const [boxes, refs] = [namesOf(connector), namesOf(connection)];
    const count = Math.max(boxes.length, refs.length);
    for (let index = 0; index < count; index += 1) {
      connectors.push(boxes[index % boxes.length] ?? connector);
      connections.push(refs[index % refs.length] ?? connection);
    }
  } while (reader.acceptsComma());
  return { connectors, connections };
}

/** "02:00", or "02:00 +2m": each further sync two minutes later. */
function readRunTimes(reader: LineReader): NonNullable<Group['runsAt']> {
  const first = readTime(reader);
  const step = reader.peekWord();
  if (step === undefined || !step.startsWith('+')) return { first, stepMinutes: 0 };
  reader.word('a step');
  return { first, stepMinutes: durationOf(step.slice(1)) / 60 };
}

/** "1200 rows". */
function readRows(reader: LineReader): number {
  const word = reader.word('a number of rows');
  if (!/^\d{1,12}$/.test(word)) throw new LineFault('a number of rows', `"${word}"`);
  reader.expectWords('rows');
  return Number(word);
}

function readAgo(reader: LineReader): number {
  const seconds = readDuration(reader);
  reader.expectWords('ago');
  return seconds;
}
