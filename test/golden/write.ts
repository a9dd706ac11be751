import { rmSync, writeFileSync } from 'node:fs';
import { FOLDER, filesThere, goldenFiles, said } from './golden-files.ts';
import { SITUATIONS } from './situations.ts';

/** `npm run goldens`: writes the golden files anew; what changed is for a person to read before it is committed. */
for (const file of filesThere()) rmSync(new URL(file, FOLDER));
for (const [name, situation] of Object.entries(SITUATIONS)) {
  const files = goldenFiles(name, situation, await said(situation));
  for (const [file, text] of Object.entries(files)) writeFileSync(new URL(file, FOLDER), text);
}
process.stdout.write(`wrote ${filesThere().length} golden files to test/golden\n`);
