import { parseArgs } from 'node:util';
import {
  commandsOn,
  HOSTS,
  type HostName,
  isCommand,
  isOption,
  neededOperands,
  type OptionName,
  operandsOf,
  optionsOf,
  optionsOn,
  placeholderOf,
  type Request,
} from './command-line.ts';
import { correctedWords, shellWord } from './corrected-words.ts';
import { messageOf } from './error-message.ts';
import { optionsOfNpm } from './npm-options.ts';

/** A command line after parsing: what was requested, a request for help, or the usage error. */
export type ParsedLine = Requested | { readonly kind: 'help' } | UsageError;

export interface Requested {
  readonly kind: 'request';
  readonly request: Request;
  /** The operand before the command, on a host that has one. */
  readonly target: string;
  /** No argument was given. */
  readonly isBare: boolean;
}

interface UsageError {
  readonly kind: 'usage_error';
  /** One sentence without a full stop. */
  readonly message: string;
  /** The line as it should have been typed, where that can be known. */
  readonly line?: string;
}

/** What a command line was started with. */
export interface TypedLine {
  /** The arguments after the name of the program. */
  readonly args: readonly string[];
  /** The environment variables: npm keeps the options that it knows to itself and gives them as variables. */
  readonly environment: unknown;
}

/**
 * Parses a command line of either host. Options that npm kept count as given where they stop a post or change the
 * output; every other option of ours that npm kept is a usage error, so that no forgotten `--` posts.
 */
export function parseCommandLine({ args, environment }: TypedLine, host: HostName): ParsedLine {
  // A second `--` comes from a habit, or from pnpm.
  const typed = args.filter((arg) => arg !== '--');
  const { honoured, refused } = optionsOfNpm(environment, host);
  const [kept] = refused;
  const parsed =
    kept === undefined
      ? parseWords([...typed, ...honoured], host)
      : `npm kept ${kept.split('=')[0]} to itself, because no -- stands before it`;
  if (typeof parsed !== 'string') return parsed;
  const corrected = correctedWords([...typed, ...honoured, ...refused], host);
  const isUsable = corrected !== undefined && typeof parseWords(corrected, host) !== 'string';
  const line = isUsable ? { line: [HOSTS[host].prefix, ...corrected.map(shellWord)].join(' ') } : {};
  return { kind: 'usage_error', message: parsed, ...line };
}

/** What the words say, or a usage error in one sentence. */
function parseWords(
  words: readonly string[],
  host: HostName,
): Requested | { readonly kind: 'help' } | string {
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...words], allowPositionals: true, options: parseArgsOptions(host) });
  } catch (error) {
    return firstSentence(error);
  }
  const { values, positionals } = parsed;
  if (values['help'] === true) return { kind: 'help' };
  const given = new Map<OptionName, string>();
  for (const [name, value] of Object.entries(values))
    if (isOption(name, host)) given.set(name, Array.isArray(value) ? value.join() : '');
  const found = readPositionals(positionals, given, host);
  if (typeof found === 'string') return found;
  return faultOf(found.request) ?? { kind: 'request', ...found, isBare: words.length === 0 };
}

function parseArgsOptions(host: HostName) {
  return Object.fromEntries(
    optionsOn(host).map((name) => {
      const type = placeholderOf(name) === undefined ? ('boolean' as const) : ('string' as const);
      // Of an option that is given twice both values count, as if a comma stood between them.
      return [name, { type, multiple: type === 'string', ...(name === 'help' && { short: 'h' }) }];
    }),
  );
}

/** What the words around the options say, or a usage error. */
function readPositionals(
  positionals: readonly string[],
  given: Request['given'],
  host: HostName,
): Pick<Requested, 'request' | 'target'> | string {
  const [target, ...words] = HOSTS[host].target === undefined ? ['', ...positionals] : positionals;
  // An event needs no word before it: no command begins with a brace.
  const [name, ...operands] = words[0]?.startsWith('{') ? ['event', ...words] : words;
  if (target === undefined || (name === undefined && host === 'invoke'))
    return 'expected an environment and a command';
  const command = name ?? (given.has('demo') ? 'demo' : 'check');
  if (isCommand(command, host)) return { request: { command, operands, given }, target };
  return `there is no command ${JSON.stringify(command)}; the commands are ${commandsOn(host).join(', ')}`;
}

function faultOf({ command, operands, given }: Request): string | undefined {
  const expected = operandsOf(command);
  const [superfluous] = operands.slice(expected.length);
  if (superfluous !== undefined)
    return `${command} takes ${expected.join(' ') || 'nothing behind it'}, got ${JSON.stringify(superfluous)} as well`;
  if (operands.length < neededOperands(command)) return `${command} needs ${expected.join(' ')}`;
  const known = optionsOf(command);
  const unknown = [...given.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) return `--${unknown} does not go with ${command}`;
  const clash = CLASHES.find((names) => names.every((name) => given.has(name)));
  return clash && `${clash.map((name) => `--${name}`).join(' and ')} contradict each other`;
}

const CLASHES: readonly (readonly OptionName[])[] = [
  ['post', 'no-post'],
  ['quiet', 'verbose'],
];

/**
 * Only the first sentence of an error that `parseArgs` threw: the next one explains how to pass positional arguments
 * ("Unknown option '--jason'. To specify a positional argument …").
 */
function firstSentence(error: unknown): string {
  const [sentence = ''] = messageOf(error).split('. ');
  return sentence;
}
