import { LineFault } from './line-reader.ts';
import type { Group, NightEvent, Subject, TimedEvent } from './night.ts';

/** Every name that a night gives to something, by what it is the name of. */
export type KnownNames = Readonly<Record<Exclude<Subject['kind'], 'everything'>, ReadonlySet<string>>>;

export function knownNames(groups: readonly Group[], events: readonly TimedEvent[]): KnownNames {
  const all = [...groups, ...events.flatMap(({ event }) => (event.kind === 'appear' ? [event.group] : []))];
  const renamed = (what: 'connection' | 'connector') =>
    events.flatMap(({ event }) => (event.kind === 'renamed' && event.what === what ? [event.to] : []));
  return {
    syncs: new Set(all.flatMap(({ names }) => names)),
    connection: new Set([...all.flatMap(({ connections }) => connections), ...renamed('connection')]),
    connector: new Set([...all.flatMap(({ connectors }) => connectors), ...renamed('connector')]),
    kb: new Set(all.flatMap(({ knowledgeBases }) => knowledgeBases)),
  };
}

/** The first name in an event that the night does not know, as a fault. */
export function unknownName(event: NightEvent, known: KnownNames): LineFault | undefined {
  if (event.kind === 'renamed' && !known[event.what].has(event.from))
    return new LineFault(`a ${event.what} of this night`, `"${event.from}"`);
  const subject = subjectOf(event);
  if (subject === undefined || subject.kind === 'everything') return undefined;
  const unknown = subject.names.find((name) => !known[subject.kind].has(name));
  const kind = subject.kind === 'syncs' ? 'sync' : subject.kind;
  return unknown === undefined ? undefined : new LineFault(`a ${kind} of this night`, `"${unknown}"`);
}

function subjectOf(event: NightEvent): Subject | undefined {
  if ('subject' in event) return event.subject;
  return event.kind === 'listing' && event.mode.kind === 'lacks' ? event.mode.subject : undefined;
}
