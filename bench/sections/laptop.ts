import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { localServer } from '../../test/http/local-server.ts';
import { median, type Section } from '../row.ts';
import { listingBody } from '../syncs.ts';

const COMMANDS: readonly (readonly string[])[] = [
  ['npm', 'start', '--silent'],
  ['node', 'cli/start.mjs'],
];
const SYNCS = 300;
const MAX_ROUNDS = 7;
const TARGET_SECONDS = 0.5;

/** The cost of a quiet check on a laptop, with every process that it starts. */
export const laptop: Section = {
  name: 'laptop',
  about: `processor time of a quiet check of ${SYNCS} syncs, by the commands of the README`,
  run: async ({ rounds, progress }) => {
    const home = mkdtempSync(join(tmpdir(), 'sync-alerts-bench-home-'));
    const body = listingBody({ syncs: SYNCS, unhealthy: 0, at: Date.now() });
    const api = await localServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(body);
    });
    const options = { home, apiUrl: api.url };
    const seconds = COMMANDS.map(() => [] as number[]);
    // The first start bundles the program, and the first check saves a state.
    for (const command of COMMANDS) await cpuSecondsOf(command, options);
    for (let round = 1; round <= Math.min(rounds, MAX_ROUNDS); round += 1) {
      progress(`laptop: round ${round}`);
      for (const [index, command] of COMMANDS.entries()) {
        seconds[index]?.push(await cpuSecondsOf(command, options));
      }
    }
    rmSync(home, { recursive: true });
    return COMMANDS.map((command, index) => ({
      what: command.join(' '),
      ours: `${median(seconds[index] ?? []).toFixed(2)} s`,
      against: `target ${TARGET_SECONDS.toFixed(2)} s`,
      ratio: median(seconds[index] ?? []) / TARGET_SECONDS,
    }));
  },
};

/** Processor time of a command and of every process that it starts, as the shell counts it. */
async function cpuSecondsOf(
  command: readonly string[],
  { home, apiUrl }: { readonly home: string; readonly apiUrl: string },
): Promise<number> {
  const script = 'TIMEFORMAT="%U %S"; time "$0" "$@" >/dev/null 2>&1';
  const shell = spawn('bash', ['-c', script, ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      npm_config_update_notifier: 'false',
      TIMBAL_API_KEY: 'bench',
      TIMBAL_ORG_ID: 'bench',
      TIMBAL_BASE_URL: apiUrl,
      SYNC_ALERTS_STATE: join(home, 'state.json'),
    },
  });
  const figures = (await text(shell.stderr)).trim().split(' ').map(Number);
  return figures.reduce((sum, figure) => sum + figure, 0);
}
