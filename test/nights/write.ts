import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { progress } from '../../tools/command-line.ts';
import { NIGHTS, nightNames, readNight, transcriptFile } from './night-files.ts';
import type { Night } from './notation/night.ts';
import { disappointments } from './play/judge.ts';
import { playNight } from './play/play-night.ts';
import { transcriptOf } from './play/transcript.ts';
import { factorsOf, SITUATIONS, situationRow, situationsDocument } from './situations.ts';

/** Writes the transcripts of all nights and the table of situations, and prints the expectations that do not hold: for `npm run goldens`. */
export async function writeTranscripts(): Promise<void> {
  const names = nightNames(NIGHTS);
  const rows: string[] = [];
  const situations: Night[] = [];
  for (const file of readdirSync(NIGHTS)) {
    const isStale = file.endsWith('.transcript.txt') && !names.includes(file.replace('.transcript.txt', ''));
    if (isStale) rmSync(new URL(file, NIGHTS));
  }
  for (const [index, name] of names.entries()) {
    progress(() => `played ${index} of ${names.length} nights`);
    const night = readNight(NIGHTS, name);
    const played = await playNight(night);
    writeFileSync(transcriptFile(name), transcriptOf(night, played));
    if (factorsOf(night).length > 0) {
      rows.push(situationRow(name, night, played));
      situations.push(night);
    }
    for (const unmet of disappointments(night, played)) process.stdout.write(`${name}: ${unmet}\n`);
  }
  writeFileSync(SITUATIONS, situationsDocument(rows, situations));
  process.stdout.write(`wrote ${names.length} transcripts to test/nights\n`);
  process.stdout.write(`wrote ${rows.length} situations to docs/situations.md\n`);
}
