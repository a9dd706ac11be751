import { readdirSync, readFileSync } from 'node:fs';
import type { Night } from './notation/night.ts';
import { parseNight } from './notation/parse-night.ts';

/** Where the nights are, each beside its transcript. */
export const NIGHTS = new URL('./', import.meta.url);
/** Where the nights are that only their message counts are known of. */
export const WALKS = new URL('./walks/', import.meta.url);

const ENDING = '.night';

/** The names of the nights in a folder, in alphabetical order. */
export function nightNames(folder: URL): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .toSorted();
}

/** @throws Error with every fault of the file. */
export function readNight(folder: URL, name: string): Night {
  const parsed = parseNight(readFileSync(new URL(`${name}${ENDING}`, folder), 'utf8'));
  if (!parsed.ok) throw new Error(parsed.faults.map((fault) => `${name}${ENDING}:${fault}`).join('\n'));
  return parsed.night;
}

/** The file of a night's transcript. */
export function transcriptFile(name: string): URL {
  return new URL(`${name}.transcript.txt`, NIGHTS);
}
