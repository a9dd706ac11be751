import {
  HOSTS,
  type HostName,
  isCommand,
  isOption,
  operandsOf,
  optionsOn,
  placeholderOf,
} from './command-line.ts';
import { type Name, nearestName } from './nearest-name.ts';

/**
 * The words of a command line as they should have been typed: each that means an option or a command in full and in its
 * place. Undefined when a word means nothing: leaving it out could post what nobody wanted.
 */
export function correctedWords(typed: readonly string[], host: HostName): readonly string[] | undefined {
  const { target } = HOSTS[host];
  // A lone dash was meant as "--".
  const words = typed.filter((text) => !/^\p{Pd}+$/u.test(text)).map((text) => readWord(text, host));
  const environment = target === undefined ? undefined : environmentOf(words);
  const others = words.filter((word) => word !== environment);
  const command = others.find(({ meant }) => meant?.kind === 'command');
  const options = others.filter((word) => word !== command && word.meant?.kind === 'option');
  const rest = others.filter((word) => word !== command && word.meant?.kind !== 'option');
  if ((command ?? options[0]) === undefined || rest.some(({ isDashed }) => isDashed)) return undefined;

  const name = command?.meant?.name ?? 'check';
  const operands = rest.splice(0, isCommand(name, host) ? operandsOf(name).length : 0);
  const optionWords = new Map(
    options.map((option) => [option.meant?.name, wordsOf(option, () => rest.shift(), host)]),
  );
  if (rest.length > 0) return undefined;
  return [
    ...(target === undefined ? [] : [environment?.text ?? target]),
    ...(command === undefined && target === undefined ? [] : [name]),
    ...operands.map(({ text }) => text),
    ...optionsOn(host).flatMap((option) => optionWords.get(option) ?? []),
  ];
}

interface Word {
  readonly text: string;
  readonly isDashed: boolean;
  /** What stands behind "=". */
  readonly value?: string;
  readonly meant?: Name;
}

function readWord(text: string, host: HostName): Word {
  const [name = '', ...values] = text.split('=');
  const meant = nearestName(name, host, true);
  return {
    text,
    isDashed: /^\p{Pd}/u.test(text),
    ...(values.length > 0 && { value: values.join('=') }),
    ...(meant !== undefined && { meant }),
  };
}

/** The first plain word, unless it is a command and the only one. */
function environmentOf(words: readonly Word[]): Word | undefined {
  const plain = words.filter(({ isDashed }) => !isDashed);
  const [first, second] = plain;
  return second === undefined && first?.meant !== undefined ? undefined : first;
}

/** An option in full. A value that was torn from it is the next word that has no other place. */
function wordsOf(option: Word, nextWord: () => Word | undefined, host: HostName): readonly string[] {
  const name = option.meant?.name ?? '';
  const placeholder = isOption(name, host) ? placeholderOf(name) : undefined;
  if (placeholder === undefined) return [`--${name}`];
  return [`--${name}`, option.value ?? nextWord()?.text ?? placeholder];
}

/** A word as a shell takes it; a placeholder stays as it is. */
export function shellWord(text: string): string {
  return /^[\w.,:/@%+-]+$|^<\w+>$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
