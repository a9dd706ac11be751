import * as v from 'valibot';
import { malformed } from './listing-error.ts';

/** One page of the listing. Records are as they came. */
export interface Page {
  readonly records: readonly unknown[];
  /** What asks for the next page; undefined after the last. */
  readonly nextToken: string | undefined;
}

const pageSchema = v.object({
  syncs: v.array(v.unknown()),
  // No page token is documented here; the API has one elsewhere (timbal-api-notes, "Semantics"). One that we cannot
  // follow is a fault: half a listing taken for a whole one would end the alerts of the other half.
  next_page_token: v.nullish(v.string()),
});

/**
 * Parses the body of a 200. Nothing of the body is quoted: it comes from outside, and may be anything.
 *
 * @throws CannotList when it is no page of a listing.
 */
export function parsePage(text: string): Page {
  let json: unknown;
  try {
    json = JSON.parse(withWholeIds(text));
  } catch {
    throw malformed(`200 with ${whatIsNotJson(text)}`);
  }
  const page = v.safeParse(pageSchema, json);
  if (!page.success) {
    // In words of our own: those of the schema library quote what came.
    const isToken = v.getDotPath(page.issues[0]) === 'next_page_token';
    const fault = isToken ? '"next_page_token" is no text' : 'no array "syncs"';
    throw malformed(`200 with JSON that is not a listing: ${fault}`);
  }
  const { syncs, next_page_token } = page.output;
  return { records: syncs, nextToken: next_page_token || undefined };
}

/** An id of many digits that is no text, with its key. Within a text no quotation mark stands without a backslash. */
const LONG_ID = /("(?:id|connector_id|connection_ref|kb_uid)"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g;

/** Ids as texts where a number would round them, and make one sync of two. */
function withWholeIds(text: string): string {
  return text.replace(LONG_ID, '$1"$2"');
}

function whatIsNotJson(text: string): string {
  const start = text.trimStart().slice(0, 1);
  if (start === '') return 'an empty body';
  if (start === '<') return 'a page (HTML or XML) instead of JSON';
  return start === '{' || start === '[' ? 'JSON that is cut short or broken' : 'a body that is not JSON';
}
