import { LineFault, type LineReader } from './line-reader.ts';
import { readSubject } from './names.ts';
import type { ListingMode, SlackMode } from './night.ts';

/** Takes how the listing goes from now on. */
export function readListing(reader: LineReader): ListingMode {
  if (reader.accepts('works')) return { kind: 'works' };
  if (reader.accepts('is empty')) return { kind: 'empty' };
  if (reader.accepts('lacks')) return { kind: 'lacks', subject: readSubject(reader) };
  if (reader.accepts('times out')) return { kind: 'times_out' };
  if (reader.accepts('is not JSON')) return { kind: 'not_json' };
  if (!reader.accepts('answers'))
    throw reader.fault('"works", "is empty", "lacks", "answers 401", "times out" or "is not JSON"');
  const status = reader.word('an HTTP status from 300 to 599');
  if (!/^[345]\d\d$/.test(status)) throw new LineFault('an HTTP status from 300 to 599', `"${status}"`);
  const message = reader.optionalText();
  return { kind: 'status', status: Number(status), ...(message !== undefined && { message }) };
}

/** Takes what Slack does with messages from now on. */
export function readSlack(reader: LineReader): SlackMode {
  if (reader.accepts('works')) return 'works';
  if (reader.accepts('refuses')) return 'refuses';
  if (reader.accepts('does not answer')) return 'silent';
  if (reader.accepts('answers one message a check')) return 'answers_one';
  throw reader.fault('"works", "refuses", "does not answer" or "answers one message a check"');
}
