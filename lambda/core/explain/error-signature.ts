/** The longest part of a line that is read, and the longest signature, in UTF-16 code units. */
const MAX_READ = 1000;
const MAX_SIGNATURE_LENGTH = 200;

/**
 * What an error is known by: its text with names, numbers, ids, dates, hosts and paths replaced, in lower case. Errors of
 * one kind have one signature, wherever they happened. Codes are kept: 401 and 503 are different errors.
 */
export function errorSignature(text: string): string {
  let signature = text.slice(0, MAX_READ).replace(PRIVATE_USE, '');
  for (const [pattern, placeholder] of PLACEHOLDERS)
    signature =
      typeof placeholder === 'string'
        ? signature.replace(pattern, placeholder)
        : signature.replace(pattern, placeholder);
  return signature
    .replace(PRIVATE_USE, (character) => String.fromCharCode(character.charCodeAt(0) - PRIVATE_USE_START))
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .slice(0, MAX_SIGNATURE_LENGTH)
    .trim();
}

/** Characters without a meaning of their own: a code is moved there, so that nothing takes it for a number or a name. */
const PRIVATE_USE = /[\uE000-\uE07F]/g;
const PRIVATE_USE_START = 0xe000;

function kept(code: string): string {
  return code.replace(/[\w-]/g, (character) =>
    String.fromCharCode(character.charCodeAt(0) + PRIVATE_USE_START),
  );
}

function keptWithDigit(code: string): string {
  return /\d/.test(code) ? kept(code) : code;
}

/** The words after "table", "user" and the like that are no names. */
const NO_NAME =
  'is|are|does|do|did|not|or|and|to|has|have|was|were|with|of|for|from|in|on|at|by|already|names?|named|cannot|could|can|must|called|may|denied|limit|types?|timed?|refused|reset|closed|errors?|failed|lost|unexpectedly|access|exceeded|pool|handshake|attempts?|string|owner|level|no|violation|expired|found|counts?|sizes?|ids?|keys?|password|authentication|missing|unavailable|busy|full|locked|aborted|terminated|unreachable|but|because|while|after|before|when|due|defined|used|slots?|value|data|server|login|account';

const NAMED_THING =
  'schema|tablespace|table|relation|column|database|view|sequence|function|role|user|login|host|server|topic|bucket|constraint|index|object|field|property|account|project|dataset|queue|stream|file|sheet|connection|tenant|warehouse|collection|resource|route';

/** In this order: what is recognised as a whole goes before its parts. */
const PLACEHOLDERS: readonly (readonly [RegExp, string | ((match: string) => string)])[] = [
  // How the line of a server's log begins: a date and the number of a process.
  [/^\[?\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z| ?[A-Z]{3,4}|[+-]\d\d:?\d\d)?\]?\s*(?:\[\d+\])?:?\s*/, ''],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]},;]+/gi, '<name>'],
  [/[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g, '<name>'],
  [/\\?"(?:[^"\\]|\\.)*"|`[^`]*`|«[^»]*»|“[^”]*”|(?<!\w)'(?:[^'\\]|\\.|'')*'(?!\w)/gs, '<name>'],
  // The codes of databases, of HTTP and of sockets say which error it is.
  [/\b(?:[A-Z]{1,8}-\d{3,6}|[A-Z]{2,8}\d{4,6})\b/g, kept],
  [
    /\b(?:sqlstate|errno|code|error|msg|message|status|state|level|http(?:\/\d(?:\.\d)?)?|exit)\b[\s:=#[("']{0,3}(?:(?:code|status|with|number|no\.?|error)\b[\s:=#[("']{0,3})?-?\w{1,8}\b/gi,
    keptWithDigit,
  ],
  [/\((?=[0-9A-Z]*\d)[0-9A-Z]{5}\)/g, kept],
  [/^\d{3}(?= [A-Z])|\[\d{3}\]/g, kept],
  [/\barn:[\w:/*.-]+/g, '<name>'],
  // "Key (id)=(17)", "database=shop"; `status=503` is a code, and was kept.
  [/\([^()]{1,100}\)=\([^()]{0,200}\)/g, '<name>'],
  [
    /(?<=\w)(?<!\b(?:error|code|status|reason|state|message|type))=(?![\uE000-\uE07F])(?:"[^"]*"|'[^']*'|[^\s;,&()'"]+)/gi,
    '=<name>',
  ],
  [
    /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:\s?(?:Z|UTC|[+-]\d\d:?\d\d))?|\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b/g,
    '<date>',
  ],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} [A-Z][a-z]{2} \d{4}(?: GMT)?/g, '<date>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<name>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?:\/\d{1,2})?\b/g, '<name>'],
  [/\[?(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\]?(?::\d{1,5})?/gi, '<name>'],
  [/(?:\*\.|\b)(?:[a-z0-9](?:[\w-]{0,62}\w)?\.){2,8}[a-z]{2,24}\b(?::\d{1,5})?/gi, '<name>'],
  [/\b[a-z][\w-]{0,62}(?:\.[\w-]{1,62})*:\d{2,5}\b|\blocalhost\b/gi, '<name>'],
  [/\b[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7}\b/g, '<name>'],
  [/(?<![\w<])(?:[A-Za-z]:)?(?:[/\\][\w.@%+-]+){2,}[/\\]?/g, '<name>'],
  [
    /(?:\*\.)?\b(?!(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception|Fault)\b)[A-Za-z_]\w*(?:\.\w+)+\b(?!\()/g,
    '<name>',
  ],
  // "relation orders", "for table orders": a name follows, unless a word of the sentence does.
  [new RegExp(`\\b(${NAMED_THING})\\s+(?!(?:${NO_NAME}|${NAMED_THING})\\b)[\\w$#-]+`, 'gi'), '$1 <name>'],
  [/\b(for|from|to|on|at|in|of)\s+(?=[\w$#-]*[\d_$#])[a-z][\w$#-]+/gi, '$1 <name>'],
  [/\b(?:0x)?(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b/gi, '<name>'],
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{10,}\b/gi, '<name>'],
  [/\b[a-z]\w*[_-]\d+\b/gi, '<name>'],
  [
    /[+-]?\b\d[\d,.]*(?:\s?(?:ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|%|[kmgt]i?b|bytes))?\b/gi,
    '<n>',
  ],
];
