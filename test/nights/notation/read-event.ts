import * as v from 'valibot';
import { alertMatcher } from '../../../lambda/core/parse/parse-matcher.ts';
import { LineFault, type LineReader } from './line-reader.ts';
import { readNames, readSubject } from './names.ts';
import type { AgentVerb, NightEvent, PersonVerb, RunResult, Subject, WhichRuns } from './night.ts';
import { readGroup } from './read-group.ts';
import { readJson, readWrittenPolicy } from './read-json.ts';
import { readListing, readSlack } from './read-mode.ts';
import { readDuration } from './time-words.ts';

const PERSON_VERBS: readonly PersonVerb[] = ['pauses', 'resumes', 'deletes', 're-creates', 'edits', 'runs'];
const AGENT_VERBS: readonly AgentVerb[] = ['goes away', 'comes back', 'is revoked'];
const PREDICATE =
  '"fail", "end in", "start nothing", "take", "work" (of a sync: "fails", "ends in", "starts nothing", "takes", "works")';

/** Takes what happens, without its time. A stagger ("one every 1m") is left to the caller. */
export function readEvent(reader: LineReader): NightEvent {
  if (reader.accepts('a person')) return readPerson(reader);
  if (reader.accepts('the platform disables')) {
    const subject = readSubject(reader);
    return { kind: 'platform_disables', subject, reason: reader.text('the reason, in quotes') };
  }
  if (reader.accepts('new')) return { kind: 'appear', group: readGroup(reader) };
  if (reader.accepts('field')) return readField(reader);
  if (reader.accepts('listing')) return { kind: 'listing', mode: readListing(reader) };
  if (reader.accepts('slack')) return { kind: 'slack', mode: readSlack(reader) };
  if (reader.accepts('destination')) {
    const destination = reader.word('the name of a destination');
    return { kind: 'slack', mode: readSlack(reader), destination };
  }
  if (reader.accepts('policy')) return { kind: 'policy', policy: readWrittenPolicy(reader) };
  if (reader.accepts('checks stop')) return { kind: 'checks', run: false };
  if (reader.accepts('checks start')) return { kind: 'checks', run: true };
  if (reader.accepts('the next check is killed')) return { kind: 'killed' };
  return readSubjectEvent(reader);
}

function readPerson(reader: LineReader): NightEvent {
  if (reader.accepts('sets the interval of')) {
    const subject = readSubject(reader);
    reader.expectWords('to');
    return { kind: 'interval', subject, seconds: readDuration(reader) };
  }
  if (reader.accepts('silences for')) return readSilence(reader);
  if (reader.accepts('acknowledges')) return { kind: 'acknowledge', subject: readSubject(reader) };
  if (reader.accepts('ends every silence')) return { kind: 'end_silences' };
  const verb = PERSON_VERBS.find((one) => reader.accepts(one));
  if (verb === undefined)
    throw reader.fault(
      `"sets the interval of", "silences for", "acknowledges", "ends every silence", ${PERSON_VERBS.join(', ')}`,
    );
  return { kind: 'person', verb, subject: readSubject(reader) };
}

function readSilence(reader: LineReader): NightEvent {
  const seconds = readDuration(reader);
  if (reader.accepts('the last digest')) return { kind: 'silence', seconds };
  const match = readJson(reader);
  if (!v.is(alertMatcher, match)) throw new LineFault('a matcher', JSON.stringify(match));
  return { kind: 'silence', seconds, match };
}

function readField(reader: LineReader): NightEvent {
  const field = reader.word('the name of a field of a record');
  reader.expectWords('of');
  const subject = readSubject(reader);
  reader.expectWords('is');
  if (reader.accepts('missing')) return { kind: 'field', field, subject, value: undefined, isReal: false };
  if (reader.accepts('right again')) return { kind: 'field', field, subject, value: undefined, isReal: true };
  return { kind: 'field', field, subject, value: readJson(reader), isReal: false };
}

function readSubjectEvent(reader: LineReader): NightEvent {
  const subject = readSubject(reader);
  if (reader.accepts('is renamed to')) return readRename(reader, subject);
  if (reader.accepts('is called'))
    return { kind: 'called', subject, name: reader.text('the name, in quotes') };
  const verb = subject.kind === 'connector' ? AGENT_VERBS.find((one) => reader.accepts(one)) : undefined;
  if (verb !== undefined) return { kind: 'agent', verb, subject };
  if (accepts(reader, 'starts nothing', 'start nothing')) return { kind: 'starts_nothing', subject };
  if (accepts(reader, 'takes', 'take')) return { kind: 'takes', subject, seconds: readDuration(reader) };
  return { kind: 'runs', subject, result: readResult(reader) };
}

function readResult(reader: LineReader): RunResult {
  if (accepts(reader, 'works', 'work')) return { kind: 'works' };
  if (accepts(reader, 'ends in', 'end in')) {
    const state = reader.text('the word of the state, in quotes');
    return { kind: 'fails', state, error: state, which: { kind: 'every', nth: 1 } };
  }
  if (!accepts(reader, 'fails', 'fail')) throw reader.fault(PREDICATE);
  const which = readWhich(reader);
  return { kind: 'fails', state: 'failed', error: reader.text('the error, in quotes'), which };
}

function accepts(reader: LineReader, ...forms: readonly string[]): boolean {
  return forms.some((form) => reader.accepts(form));
}

/** "every other run", "every 3rd run", "1 in 100 runs"; without any of them each run. */
function readWhich(reader: LineReader): WhichRuns {
  if (reader.accepts('every other run')) return { kind: 'every', nth: 2 };
  if (reader.accepts('every')) {
    const nth = /^(\d+)(?:st|nd|rd|th)$/.exec(reader.word('a number such as 3rd'))?.[1];
    if (nth === undefined || nth === '0') throw new LineFault('a number such as 3rd', 'another word');
    reader.expectWords('run');
    return { kind: 'every', nth: Number(nth) };
  }
  if (!reader.accepts('1 in')) return { kind: 'every', nth: 1 };
  const oneIn = reader.word('a number');
  if (!/^[1-9]\d*$/.test(oneIn)) throw new LineFault('a number above zero', `"${oneIn}"`);
  reader.expectWords('runs');
  return { kind: 'random', oneIn: Number(oneIn) };
}

function readRename(reader: LineReader, subject: Subject): NightEvent {
  if (subject.kind !== 'connection' && subject.kind !== 'connector')
    throw new LineFault('a connection or a connector to rename', 'another subject');
  const [from = '', ...others] = subject.names;
  const [to = '', ...more] = readNames(reader);
  if (others.length + more.length > 0) throw new LineFault('one name', 'several');
  return { kind: 'renamed', what: subject.kind, from, to };
}
