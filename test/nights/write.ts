import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { progress } from '../../tools/command-line.ts';
import { NIGHTS, nightNames, readNight, transcriptFile } from './night-files.ts';
import { disappointments } from './play/judge.ts';
import { playNight } from './play/play-night.ts';
import { transcriptOf } from './play/transcript.ts';

/** Writes the transcripts of all nights, and prints the expectations that do not hold: for `npm run goldens`. */
export async function writeTranscripts(): Promise<void> {
  const names = nightNames(NIGHTS);
  for (const file of readdirSync(NIGHTS)) {
    const isStale = file.endsWith('.transcript.txt') && !names.includes(file.replace('.transcript.txt', ''));
    if (isStale) rmSync(new URL(file, NIGHTS));
  }
  for (const [index, name] of names.entries()) {
    progress(() => `played ${index} of ${names.length} nights`);
    const night = readNight(NIGHTS, name);
    const played = await playNight(night);
    writeFileSync(transcriptFile(name), transcriptOf(night, played));
    for (const unmet of disappointments(night, played)) process.stdout.write(`${name}: ${unmet}\n`);
  }
  process.stdout.write(`wrote ${names.length} transcripts to test/nights\n`);
}
