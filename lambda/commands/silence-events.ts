import * as v from 'valibot';
import { suggestion } from '../core/parse/did-you-mean.ts';
import { parseInstant } from '../core/parse/parse-instant.ts';
import { alertMatcher } from '../core/parse/parse-matcher.ts';
import { duration } from '../core/parse/parse-policy.ts';
import type { AcknowledgeRequest, SilenceRequest } from './silences.ts';

/*
 * The schemas of the events about silences. Both hosts parse what people write by them.
 */

const words = (maxLength: number) => v.pipe(v.string(), v.trim(), v.maxLength(maxLength));
const reason = v.exactOptional(words(200));
const by = v.exactOptional(words(80));
const id = v.pipe(v.string(), v.trim(), v.nonEmpty());

const DATE = 'expected a date with a time and a zone, such as "2026-12-01T08:00:00Z"';
const date = v.pipe(
  v.string(),
  v.transform((written) => parseInstant(written) ?? Number.NaN),
  v.number(DATE),
);

/** Whether exactly one of two fields is given. */
function isEither(one: unknown, other: unknown): boolean {
  return (one === undefined) !== (other === undefined);
}

export const silenceEvent = v.pipe(
  v.strictObject({
    command: v.literal('silence'),
    match: v.exactOptional(alertMatcher),
    token: v.exactOptional(id),
    from: v.exactOptional(date),
    for: v.exactOptional(v.pipe(duration, v.minValue(1, 'expected a duration above zero'))),
    until: v.exactOptional(date),
    reason,
    by,
  }),
  v.check(({ match, token }) => isEither(match, token), 'expected either "match" or "token"'),
  v.check(
    (event) => isEither(event.for, event.until),
    'expected either "for" or "until": a silence needs an end',
  ),
  v.transform(({ command, match, token = '', from, for: afterSeconds = 0, until, ...rest }) => ({
    command,
    request: {
      what: match === undefined ? { token } : { match },
      ...(from !== undefined && { startsAt: from }),
      ends: until === undefined ? { afterSeconds } : { at: until },
      ...(rest.reason !== undefined && { reason: rest.reason }),
      ...(rest.by !== undefined && { author: rest.by }),
    } satisfies SilenceRequest,
  })),
);

export const acknowledgeEvent = v.pipe(
  v.strictObject({ command: v.literal('ack'), id, reason, by }),
  v.transform(({ command, ...rest }) => ({
    command,
    request: {
      id: rest.id,
      ...(rest.reason !== undefined && { reason: rest.reason }),
      ...(rest.by !== undefined && { author: rest.by }),
    } satisfies AcknowledgeRequest,
  })),
);

export const silencesEvent = v.strictObject({ command: v.literal('silences') });

export const unsilenceEvent = v.strictObject({ command: v.literal('unsilence'), id });

/** The faults of an event by its fields: "match.nam: there is no such field; did you mean name?". */
export function eventFaults(
  schema: v.GenericSchema,
  issues: readonly v.BaseIssue<unknown>[],
): readonly string[] {
  return issues.map((issue) => {
    const path = v.getDotPath(issue);
    const field = quoted(path ?? 'the event');
    if (issue.expected === 'never')
      return `there is no field ${field}${suggestion(schema, (path ?? '').split('.'))}`;
    // The words of the library begin so, and are for programmers.
    const hasOwnWords = !issue.message.startsWith('Invalid ');
    return hasOwnWords ? `${field}: ${issue.message}` : `${field}: expected ${issue.expected}`;
  });
}

/** Text from an event on one line, 80 characters of it at most. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
