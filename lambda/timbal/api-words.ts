import { withoutByteOrderMark } from '../core/blank.ts';
import { redactCredentials } from '../core/credentials.ts';
import type { Redact } from './redacted-record.ts';

/** The longest quote from a response in an error, in characters. */
const MAX_QUOTE_LENGTH = 200;

/**
 * The API's own words about an error as one line in parentheses; empty where the body has none. It reads `message`,
 * `error`, `detail`, `errors`, `title` and `code` in their usual forms. Secrets are removed before the text is cut.
 */
export function quotedWords(body: string, status: number, redact: Redact): string {
  const words = wordsIn(body, status);
  if (words === undefined) return '';
  const line = redactCredentials(redact(words))
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  const characters = [...line];
  if (characters.length === 0) return '';
  return ` (${characters.length <= MAX_QUOTE_LENGTH ? line : `${characters.slice(0, MAX_QUOTE_LENGTH).join('')}…`})`;
}

function wordsIn(body: string, status: number): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(withoutByteOrderMark(body));
  } catch {
    return undefined;
  }
  const [error, detail] = [fieldOf(json, 'error'), fieldOf(json, 'detail')];
  const message = [
    fieldOf(json, 'message'),
    error,
    fieldOf(error, 'message'),
    fieldOf(json, 'error_description'),
    detail,
    ...messagesOf(detail),
    ...messagesOf(fieldOf(json, 'errors')),
    fieldOf(json, 'title'),
  ].find((text): text is string => typeof text === 'string' && text.trim() !== '');
  const code = [fieldOf(json, 'code'), fieldOf(error, 'code')].find(isCode);
  // "403 Forbidden (403: …)" would say it twice.
  const isStatus = code === undefined || String(code) === String(status);
  return [isStatus ? [] : String(code), message ?? []].flat().join(': ');
}

function isCode(code: unknown): code is string | number {
  return typeof code === 'number' || (typeof code === 'string' && code.trim() !== '');
}

/** What a list of faults of a request begins with: `[{"loc": ["query"], "msg": "field required"}]`. */
function messagesOf(detail: unknown): readonly unknown[] {
  const first: unknown = Array.isArray(detail) ? detail[0] : detail;
  return [
    first,
    fieldOf(first, 'message'),
    fieldOf(first, 'msg'),
    fieldOf(first, 'detail'),
    fieldOf(first, 'title'),
  ];
}

function fieldOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
}
