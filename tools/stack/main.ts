import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EXIT_CODES } from '../../cli/exit-codes.ts';
import { sourceMappedStack } from '../../lambda/invocation/source-mapped-stack.ts';

const USAGE = `npm run --silent stack -- MAP < TEXT

Prints a text with each position in the function's bundle as the file and line of this repository. MAP is the source map
of the bundle: after "npm run synth" at the deployed commit, cdk.out/asset.*/index.js.map.
`;

/** `npm run stack`: resolves the stack of an error that Lambda logged by itself, while it loaded the function. */
const [map] = parseArgs({ allowPositionals: true }).positionals;
if (map === undefined) {
  process.stderr.write(USAGE);
  process.exit(EXIT_CODES.usageError);
}
const text = readFileSync(0, 'utf8');
const resolved = sourceMappedStack(text, map);
if (resolved === text) process.stderr.write(`nothing to resolve: no position in ${map}\n`);
process.stdout.write(resolved);
