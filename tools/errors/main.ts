import { EXIT_CODES, EXIT_CODES_HELP } from '../../cli/exit-codes.ts';
import { corpusFigures } from '../../test/core/explain/corpus-figures.ts';

import { optionsOf } from '../command-line.ts';

/** `npm run errors`: prints how the corpus of error texts is redacted and folded; fails when a credential is shown. */
const USAGE = `npm run errors

Prints how the corpus of error texts (test/core/explain/error-corpus.ts) is redacted and folded.

${EXIT_CODES_HELP} A credential that is shown is a failure.
`;

optionsOf(USAGE, {});
const { texts, kinds, folded, confused, leaked, alone } = corpusFigures();
const percent = ((100 * folded) / texts).toFixed(1);
const list = (title: string, lines: readonly string[]) =>
  [`${title}: ${lines.length}`, ...lines.map((line) => `  ${line}`)].join('\n');
process.stdout.write(
  [
    `${texts} error texts of ${kinds} kinds`,
    `fold with their like: ${folded} (${percent} %)`,
    list('fold with none', alone),
    list('kinds that fold with another kind', confused),
    list('credentials shown', leaked),
    '',
  ].join('\n'),
);
if (leaked.length > 0) process.exitCode = EXIT_CODES.failure;
