import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { EXIT_CODES, EXIT_CODES_HELP } from '../../cli/exit-codes.ts';
import { parseNight } from '../../test/nights/notation/parse-night.ts';
import { disappointments } from '../../test/nights/play/judge.ts';
import { playNight } from '../../test/nights/play/play-night.ts';
import { transcriptOf } from '../../test/nights/play/transcript.ts';
import { filesOf, usageError } from '../command-line.ts';

const USAGE = `npm run night -- FILE...

Plays a history of syncs (a .night file) through the real check, and prints what Slack and the terminal would have been
given. test/nights/README.md explains the notation; the files beside it are examples.

${EXIT_CODES_HELP} An expectation of the file that does not hold is a failure.
`;

/** `npm run night`: plays the nights of these files and prints their transcripts. */
async function night(): Promise<void> {
  for (const file of filesOf(USAGE)) {
    const parsed = parseNight(textOf(file));
    if (!parsed.ok)
      return usageError(
        parsed.faults.map((fault) => `${basename(file)}${/^\d/.test(fault) ? ':' : ': '}${fault}`).join('\n'),
      );
    const played = await playNight(parsed.night);
    process.stdout.write(transcriptOf(parsed.night, played));
    const unmet = disappointments(parsed.night, played);
    const count = parsed.night.expectations.length;
    process.stdout.write(
      [`\n${count - unmet.length} of ${count} expectations hold`, ...unmet, ''].join('\n'),
    );
    if (unmet.length > 0) process.exitCode = EXIT_CODES.failure;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return usageError(`cannot read ${file}`, USAGE);
  }
}

await night();
