import * as v from 'valibot';
import { malformed } from './listing-error.ts';

/** One page of the listing. The records are unparsed. */
export interface Page {
  readonly records: readonly unknown[];
  /** The token of the next page; undefined on the last page. */
  readonly nextToken: string | undefined;
}

const pageSchema = v.object({
  syncs: v.array(v.unknown()),
  // The API documents no page token for this call, but has one elsewhere (docs/timbal-api.md). A token that we cannot
  // follow is a fault: half a listing taken for a whole one would end the alerts of the other half.
  next_page_token: v.nullish(v.string()),
});

/**
 * Parses the body of a 200. Errors quote nothing of it: it comes from outside and may contain anything.
 *
 * @throws ListingError `malformed` when it is not a page of a listing.
 */
export function parsePage(text: string): Page {
  let json: unknown;
  try {
    json = JSON.parse(withWholeIds(text));
  } catch {
    throw malformed(`200 with ${describeNonJson(text)}`);
  }
  const page = v.safeParse(pageSchema, json);
  if (!page.success) {
    // The schema library's own messages quote the input.
    const isToken = v.getDotPath(page.issues[0]) === 'next_page_token';
    const fault = isToken ? '"next_page_token" is not a string' : 'no array "syncs"';
    throw malformed(`200 with JSON that is not a listing: ${fault}`);
  }
  const { syncs, next_page_token } = page.output;
  return { records: syncs, nextToken: next_page_token || undefined };
}

/** A numeric id of 16 or more digits, with its key. Inside a JSON string, a quotation mark always follows a backslash. */
const LONG_ID = /("(?:id|connector_id|connection_ref|kb_uid)"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g;

/** Quotes long numeric ids: as a JavaScript number, two of them could round to the same value and merge two syncs. */
function withWholeIds(text: string): string {
  return text.replace(LONG_ID, '$1"$2"');
}

function describeNonJson(text: string): string {
  const start = text.trimStart().slice(0, 1);
  if (start === '') return 'an empty body';
  if (start === '<') return 'an HTML or XML page instead of JSON';
  return start === '{' || start === '[' ? 'truncated or broken JSON' : 'a body that is not JSON';
}
