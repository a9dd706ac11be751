import { EXIT_CODES } from '../cli/exit-codes.ts';
import { closeLocalServers } from '../test/http/local-server.ts';
import { usageError } from '../tools/command-line.ts';
import { deployedNode } from './deployed-node.ts';
import { parseBenchOptions } from './options.ts';
import { markdownTable, type Row, type Section } from './row.ts';
import { alertmanager } from './sections/alertmanager.ts';
import { bundleSize } from './sections/bundle.ts';
import { calls } from './sections/calls.ts';
import { coldStart } from './sections/cold-start.ts';
import { firstCheck } from './sections/first-check.ts';
import { growth } from './sections/growth.ts';
import { laptop } from './sections/laptop.ts';
import { memory } from './sections/memory.ts';
import { purePass } from './sections/pure-pass.ts';
import { stateWrites } from './sections/state-writes.ts';
import { worstListings } from './sections/worst-listings.ts';

/*
 * In: names of sections. Out: one table of what sync-alerts costs, in ratios of interleaved runs.
 * `npm run bench` calls this; docs/performance.md says what was done about the figures.
 */

const SECTIONS: readonly Section[] = [
  coldStart,
  firstCheck,
  bundleSize,
  purePass,
  memory,
  worstListings,
  calls,
  growth,
  stateWrites,
  laptop,
];
/** Sections that run only when they are named: they need another program. */
const ON_DEMAND: readonly Section[] = [alertmanager];

const USAGE = `npm run bench -- [options] [section ...]

Measures what sync-alerts costs, in ratios of interleaved runs on the deployed version of Node.js, and prints one table.
It uses no network, except to install that Node.js when it is missing.

Sections (by default all that are not on demand):
${[...SECTIONS, ...ON_DEMAND].map(({ name, about }) => `    ${name.padEnd(14)}${about}${ON_DEMAND.some((one) => one.name === name) ? ' (on demand)' : ''}`).join('\n')}

Options:
    --rounds N    how often everything that is compared is measured, from 1 to 999 (default: 15)
    --json        print JSON instead of a table
    --help        print this help
`;

const all = [...SECTIONS, ...ON_DEMAND];
const options = parseBenchOptions(
  process.argv.slice(2),
  all.map(({ name }) => name),
);
if (!options.ok) usageError(options.fault, USAGE);
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(EXIT_CODES.success);
}
const { sections: names, rounds } = options;
const sections =
  names.length === 0 ? SECTIONS : names.flatMap((name) => all.filter((one) => one.name === name));
const node = deployedNode(progress);
const results: { readonly name: string; readonly rows: readonly Row[] }[] = [];
for (const section of sections) {
  progress(`${section.name}: ${section.about}`);
  const rows = await section.run({ node, rounds, progress });
  await closeLocalServers();
  results.push({
    name: section.name,
    rows: typeof rows === 'string' ? [{ what: 'skipped', ours: rows }] : rows,
  });
}
const report = options.json ? JSON.stringify(results, undefined, 2) : markdownTable(results);
process.stdout.write(`${report}\n`);

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
