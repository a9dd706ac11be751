import { rmSync, writeFileSync } from 'node:fs';
import { existingFiles, FOLDER, goldenFiles } from './golden-files.ts';
import { SITUATIONS } from './situations.ts';

/** Writes the golden files of all situations anew: for `npm run goldens`. */
export async function writeGoldens(): Promise<void> {
  for (const file of existingFiles()) rmSync(new URL(file, FOLDER));
  for (const [name, situation] of Object.entries(SITUATIONS)) {
    const files = await goldenFiles(name, situation);
    for (const [file, text] of Object.entries(files)) writeFileSync(new URL(file, FOLDER), text);
  }
  process.stdout.write(`wrote ${existingFiles().length} golden files to test/golden\n`);
}
