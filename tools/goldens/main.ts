import { writeGoldens } from '../../test/golden/write.ts';
import { writeTranscripts } from '../../test/nights/write.ts';
import { optionsOf } from '../command-line.ts';

const USAGE = `npm run goldens

Writes the golden digests (test/golden) and the transcripts of the nights (test/nights) anew. Prints the expectations of
nights that do not hold. Read the diff before you commit it.
`;

optionsOf(USAGE, {});
await writeGoldens();
await writeTranscripts();
