import { writeGoldens } from '../../test/golden/write.ts';
import { writeTranscripts } from '../../test/nights/write.ts';
import { optionsOf } from '../command-line.ts';

const USAGE = `npm run goldens

Writes the golden digests (test/golden), the transcripts of the nights (test/nights) and the table of situations
(docs/situations.md) anew. Prints the expectations of
nights that do not hold. Read the diff before you commit it.
`;

optionsOf(USAGE, {});
await writeGoldens();
await writeTranscripts();
