import { readFileSync } from 'node:fs';
import { sourceMappedStack } from '../../lambda/invocation/source-mapped-stack.ts';
import { argumentsOf, usageError } from '../command-line.ts';

const USAGE = `npm run --silent stack -- MAP < TEXT

Prints a text with each position in the function's bundle as the file and line of this repository. MAP is the source map
of the bundle: after "npm run synth" at the deployed commit, cdk.out/asset.*/index.js.map.
`;

/** `npm run stack`: resolves the stack of an error that Lambda logged by itself, while it loaded the function. */
const [map, ...others] = argumentsOf(USAGE, {}).positionals;
if (map === undefined || others.length > 0) usageError('expected one map', USAGE);
const text = readFileSync(0, 'utf8');
const resolved = sourceMappedStack(text, map);
if (resolved === text) process.stderr.write(`nothing to resolve: no position in ${map}\n`);
process.stdout.write(resolved);
