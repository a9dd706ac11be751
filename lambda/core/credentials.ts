/*
 * Removes credentials from texts that come from outside. In: a text as it came. Out: the same text with `***` where a
 * password, a key or a token stood. Called for the texts of the API before they are cut, logged, saved or posted.
 */

/**
 * The text without the credentials that it quotes: users and passwords in URLs and connection strings; the values of
 * `password=`, `token:`, `"api_key":` and their like; bearer tokens; keys of AWS; tokens and webhooks of Slack; keys of
 * other vendors that their form gives away.
 *
 * A text of more than 8,192 characters is cut before. The time is linear in the length of the text, whatever it contains.
 */
export function redactCredentials(original: string): string {
  if (original.length < 20 && PLAIN.test(original)) return original;
  const shortened = original.length > MAX_LENGTH ? beginning(original) : original;
  if (!MAY_HOLD_ONE.test(shortened)) return shortened;
  const text = shortened.replace(INVISIBLE, '');
  const withoutUsers = text.includes('@') ? text.replace(/[^\s"'`<>]+/g, withoutUserInfo) : text;
  const redacted = withoutUsers
    .replace(PRIVATE_KEY, '***')
    .replace(COOKIE, '$1***')
    .replace(WEBHOOK, '$1***')
    .replace(LIST_VALUE, redactedValue)
    .replace(NAMED_VALUE, redactedValue)
    .replace(SPACED_VALUE, '$1***')
    .replace(SCHEME_VALUE, '$1***')
    .replace(TOKEN, '***');
  return redacted === text ? shortened : redacted;
}

/** Nearly every name of a sync: a text of less than 20 characters like this has nothing of `MAY_HOLD_ONE`. */
const PLAIN = /^[\w.]*(?:-[\w.]+)*$/;

/** In UTF-16 code units. No message quotes nearly as much, and the time of a longer text would count. */
const MAX_LENGTH = 8192;

/** Whole words, since half a credential would not be recognised. */
function beginning(text: string): string {
  const end = Math.max(0, ...[' ', '\n', '\t'].map((blank) => text.lastIndexOf(blank, MAX_LENGTH)));
  return `${text.slice(0, end)}…`;
}

/** Nearly no name of a sync has one of these, so nearly no name pays for the rest. */
const MAY_HOLD_ONE = /[:=@%'"`>]|\\u003|[\w/+-]{20}|\b(?:bearer|basic)\s|--/i;

/** Zero-width spaces, word joiners, byte order marks, soft hyphens: within a name they would hide it, but not its value. */
const INVISIBLE = /[\u200B\u2060\uFEFF\u00AD]/g;

/** Names of credentials, each possibly the end of a longer name: `PGPASSWORD`, `client_secret`, `X-Auth-Token`. */
const NAME =
  '(?:(?:password|passwd|pwd)[ _.-]?hash|password|passwd|passphrase|passcode|pwd|secret|token|credentials?|signature|authorization|jwt|(?:api|access|private|account|secret)[ _.-]?key(?:[ _.-]?id)?|key|pass|auth|sig|pw|otp)\\d{0,3}';
const SEPARATOR = '["\'`\\\\\\]]{0,4}\\s{0,4}(?:=>|:=|={1,2}|:(?!//)|%3[ad]|\\\\u003[ad])\\s{0,4}';
const QUOTED = '\\\\+"[^"]*"?|"(?:[^"\\\\]|\\\\[\\s\\S])*"?|\'(?:[^\'\\\\]|\\\\[\\s\\S]|\'\')*\'?|`[^`]*`?';
/** Quotation marks, `;`, `&` and `,` belong to a value unless what follows shows that the value is over. */
const UNQUOTED =
  '(?:[^\\s"\'`<>;&,]|[;&,](?!\\s|$|["\'`<>]|[\\w.%+ -]{1,40}(?:=|%3d))|["\'`](?![\\s,;:.)\\]}>]|$))+';

const NAMED_VALUE = new RegExp(
  `(${NAME})(${SEPARATOR})((?:(?:bearer|basic|digest|token|apikey)\\s+)?(?:${QUOTED}|\\{[^}]*\\}?|<[^<>\\s=:]+>|${UNQUOTED}))`,
  'gi',
);
/** A connection string in the form of a list, `Server=db;Password=two words;`, where a value may hold blanks. */
const LIST_VALUE = new RegExp(
  `(${NAME})(\\s{0,4}=\\s{0,4})([^;=\\s"'{][^;=\\r\\n"']*)(?=;\\s{0,4}(?:[\\w ]{1,30}=|["']|$))`,
  'gi',
);
/** A command line, SQL and XML. */
const SPACED_VALUE = new RegExp(
  `(--[\\w-]{0,40}${NAME}\\s+|\\b(?:password|identified\\s+by)\\s+(?=["'])|<[\\w:.-]{0,40}${NAME}>)(?:${QUOTED}|[^\\s<]+)`,
  'gi',
);
/** "Bearer" or "Basic" with a value that is no word of a sentence. */
const SCHEME_VALUE = /\b((?:bearer|basic)\s+)(?=[\w.~+/-]*\d|[\w.~+/-]{20})[\w.~+/-]+=*/gi;
const COOKIE = /\b((?:set-)?cookie["']?\s{0,4}:\s{0,4})[^\r\n]+/gi;
const WEBHOOK = /(hooks\.slack(?:-gov)?\.com(?:\\?\/|%2F))[^\s"'`<>)\]},]+/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** In order: AWS, Slack, GitHub and npm, Stripe, GitLab, Google, SendGrid, JSON web tokens, secret keys of AWS. */
const TOKEN = new RegExp(
  [
    '\\b(?:AKIA|ASIA)[A-Z0-9]{12,}',
    '\\b(?:xox[a-z]|xapp)[-.][\\w.-]{6,}|/services/T\\w+/B\\w+/\\w+',
    '\\b(?:gh[a-z]|github_pat|npm)_\\w{16,}',
    '\\b(?:[sr]k_(?:live|test)_|sk-)[\\w-]{16,}',
    '\\bglpat-[\\w-]{16,}',
    '\\bAIza[\\w-]{30,}',
    '\\bSG\\.[\\w-]{16,}\\.[\\w-]{16,}',
    '(?<![\\w-])eyJ[\\w-]{8,}\\.[\\w-]+(?:\\.[\\w-]*)?',
    '(?<![\\w/+])(?=[a-z0-9/+]*[A-Z])(?=[A-Z0-9/+]*[a-z])(?=[A-Za-z/+]*\\d)[A-Za-z0-9/+]{40}(?![\\w/+=])',
  ].join('|'),
  'g',
);

/** What stands where a value could: "(using password: YES)". */
const NO_VALUE = /^(?:yes|no|null|none|undefined)$/i;
/** Also words of ordinary sentences: after a colon, only what does not read like one is a credential. */
const WORDS = /^(?:secret|token|credentials?|signature|authorization|key|pass|auth|sig|pw|otp)$/i;
/** These end other words too, such as "monkey" and "bypass". */
const SHORT_NAMES = /^(?:key|pass|auth|sig|pw|otp)\d*$/i;
const KEYS_OF_TABLES =
  /(?:primary|foreign|unique|duplicate|partition|sort|cluster(?:ed|ing)?|cursor|natural|surrogate|composite)[ _-]?$/i;

function redactedValue(match: string, ...[name, separator, value, offset, text]: RegExpGroups): string {
  const opening = /^\\*["'`{<]/.exec(value)?.[0];
  const end = opening === undefined ? endOfValue(value) : value.length;
  const bare = value.slice(0, end);
  if (NO_VALUE.test(bare) || !isCredential(name, text.slice(Math.max(0, offset - 20), offset))) return match;
  const isProse = separator.trim() === ':' && WORDS.test(name) && !/[\w-]/.test(text[offset - 1] ?? '');
  const isWord = opening === undefined ? !isUnlikeAWord(bare) : opening === '<';
  if (isProse && isWord) return match;
  if (opening === undefined) return `${name}${separator}***${value.slice(end)}`;
  const closing = CLOSING[opening] ?? opening;
  return `${name}${separator}${opening}***${value.endsWith(closing) ? closing : ''}`;
}

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '<': '>' };

type RegExpGroups = [name: string, separator: string, value: string, offset: number, text: string];

/** Where an unquoted value ends: punctuation after it is that of the sentence around it. */
function endOfValue(value: string): number {
  let end = value.length;
  while (end > 0 && ')]}.,;:!?'.includes(value.charAt(end - 1))) end -= 1;
  return end;
}

/** @param before The text before the name. */
function isCredential(name: string, before: string): boolean {
  if (!SHORT_NAMES.test(name)) return true;
  const isWhole = !/[a-z0-9]$/i.test(before) || (/[a-z0-9]$/.test(before) && /^[A-Z]/.test(name));
  return isWhole && !KEYS_OF_TABLES.test(before);
}

function isUnlikeAWord(value: string): boolean {
  return value.length >= 20 || (value.length >= 6 && /\d|[a-z][A-Z]|[^\w.-]/.test(value));
}

/** A part of a text without blanks and quotation marks, without what stands before the `@` of a host. */
function withoutUserInfo(part: string): string {
  if (!part.includes('@')) return part;
  const [before = '', ...urls] = part.split('://');
  if (urls.length > 0) return [before, ...urls.map(urlWithoutUserInfo)].join('://');
  // `user:password@tcp(host:3306)/db`, `jdbc:oracle:thin:user/password@host`, `user/password@//host:1521/db`.
  const host = part.indexOf('@//');
  if (host > 0 && part.slice(0, host).includes('/')) return `***${part.slice(host)}`;
  const [colon, at] = [part.indexOf(':'), part.lastIndexOf('@')];
  let start = colon;
  while (/[\w.+%-]/.test(part.charAt(start - 1))) start -= 1;
  const isCredential = start < colon && colon + 1 < at && /[\w[(/]/.test(part.charAt(at + 1));
  return isCredential ? `${part.slice(0, start)}***${part.slice(at)}` : part;
}

/** @param url What follows the `://`. A password may hold `@`, `/`, `?` and `#`, unescaped. */
function urlWithoutUserInfo(url: string): string {
  const holdsPassword = /^(?!\[)[^:@/?#]*:(?!\d{0,5}(?:[/?#]|$))/.test(url);
  const [authority = ''] = holdsPassword ? [url] : url.split(/[/?#\\]/, 1);
  const at = authority.lastIndexOf('@');
  return at < 0 ? url : `***${url.slice(at)}`;
}
