import { redactCredentials } from '../credentials.ts';

/** The longest part of a message that is read, in UTF-16 code units: far more than any line of it that is shown. */
const MAX_READ = 8192;

/**
 * The line of a run's message that says what went wrong, without credentials and without the colours of a terminal: the
 * text within a JSON body, the last line of a Python traceback, else the first line that is not blank. Undefined when
 * nothing is left.
 */
export function errorText(message: string): string | undefined {
  const plain = message.slice(0, MAX_READ).replace(ANSI, '');
  // Before anything is cut: half a credential is not recognised any more.
  const safe = redactCredentials(textOfJson(plain) ?? plain).replace(GIVEN_VALUE, redactedGiven);
  const lines = safe.split(/[\r\n\u2028\u2029]+/).filter((line) => line.trim() !== '');
  const [first] = lines;
  if (first === undefined) return undefined;
  const line = TRACEBACK.test(first) ? (lines.findLast((one) => /^\S/.test(one)) ?? first) : first;
  return line.replace(/\s+/g, ' ').trim();
}

/** The escape sequences of a terminal: colours, cursor movements, titles and links. */
const [ESCAPE, BELL] = ['\u001B', '\u0007'];
const ANSI = new RegExp(
  `${ESCAPE}(?:\\[[0-9;:?]{0,32}[ -/]{0,4}[@-~]|\\][^${BELL}${ESCAPE}]{0,512}(?:${BELL}|${ESCAPE}\\\\)?|[@-Z\\\\-_])`,
  'g',
);

/** "Invalid API key provided: …", "the access token is not known: …". */
const GIVEN_VALUE =
  /\b((?:key|token|secret|password|credential)s?\b[^:;.\n]{0,40}:\s{1,4}["'`]?)([\w.~+/-]{12,200}=*)/gi;

/** What is no word: in the text of an error, rather an id too few than a key too many. */
function redactedGiven(match: string, before: string, value: string): string {
  return /\d/.test(value) && /[a-z]/i.test(value) ? `${before}***` : match;
}

const TRACEBACK = /^traceback \(most recent call last\)/i;

/** Where APIs put the text of an error, the most informative first. */
const TEXT_FIELDS = ['message', 'error_description', 'detail', 'title', 'reason', 'error', 'errors'] as const;
const MAX_DEPTH = 4;

/** The text with the JSON body at its end replaced by the error within; undefined when it ends with none. */
function textOfJson(text: string): string | undefined {
  const start = text.search(/[{[]\s*["{]/);
  if (start < 0) return undefined;
  try {
    const error = textIn(JSON.parse(text.slice(start)), MAX_DEPTH);
    return error === undefined ? undefined : text.slice(0, start) + error;
  } catch {
    return undefined;
  }
}

function textIn(json: unknown, depth: number): string | undefined {
  if (typeof json === 'string') return json.trim() === '' ? undefined : json;
  if (depth === 0 || typeof json !== 'object' || json === null) return undefined;
  const values = Array.isArray(json)
    ? json.slice(0, 1)
    : TEXT_FIELDS.map((field) => Object.entries(json).find(([name]) => name.toLowerCase() === field)?.[1]);
  for (const value of values) {
    const text = textIn(value, depth - 1);
    if (text !== undefined) return text;
  }
  return undefined;
}
