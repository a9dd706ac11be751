import { commandsOn, type HostName, optionsOn } from './command-line.ts';

/** An option or a command of a host. */
export interface Name {
  readonly kind: 'option' | 'command';
  readonly name: string;
}

/**
 * The option or command that a word means: the same letters, whatever stands between them, or where `slips` are allowed
 * the nearest one, a slip or a cut away. Undefined when there is none.
 */
export function nearestName(word: string, host: HostName, slips: boolean): Name | undefined {
  const letters = lettersOf(word);
  if (letters === '') return undefined;
  const names: readonly Name[] = [
    ...optionsOn(host).map((name) => ({ kind: 'option', name }) as const),
    ...commandsOn(host).map((name) => ({ kind: 'command', name }) as const),
  ];
  const exact = names.find(({ name }) => lettersOf(name) === letters);
  if (exact !== undefined || !slips || letters.length < 3) return exact;
  const near = names.flatMap((one) => {
    const expected = lettersOf(one.name);
    const slips = expected.startsWith(letters) ? 0 : distance(letters, expected);
    return slips <= (expected.length < 6 ? 1 : 2) ? [{ one, slips }] : [];
  });
  const fewest = Math.min(...near.map(({ slips }) => slips));
  const nearest = near.filter(({ slips }) => slips === fewest).map(({ one }) => one);
  const [only] = nearest;
  return new Set(nearest.map(({ name }) => name)).size === 1 ? only : undefined;
}

function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[\p{Pd}_\s]/gu, '');
}

/** How many letters are missing, added, wrong or swapped with their neighbour. */
function distance(one: string, other: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const edits = [
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        ...(isSwapped ? [(beforeLast[j - 2] ?? 0) + 1] : []),
      ];
      row.push(Math.min(...edits));
    }
    beforeLast = last;
    last = row;
  }
  return last[other.length] ?? 0;
}
