import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, deployedBundle, emptyBundle } from '../bundles.ts';
import { LocalServices } from '../local-services.ts';
import { costOf } from '../process-cost.ts';
import { comparedRow, type Section } from '../row.ts';
import { RuntimeApi } from '../runtime-api.ts';

const SYNCS = 300;
/** `npm run test:e2e:prepare` installs AWS's runtime client here. */
const CLIENT = join('build', 'e2e', 'runtime', 'node_modules', 'aws-lambda-ric', 'index.mjs');

/** A cold start under AWS's own runtime client: from spawn to ready, and to the end of a quiet check. */
export const firstCheck: Section = {
  name: 'first-check',
  about: `spawn to ready, and to the end of a first quiet check of ${SYNCS} syncs, under AWS's runtime client`,
  run: async ({ node, rounds, progress }) => {
    if (!existsSync(CLIENT)) return 'needs the runtime client: npm run test:e2e:prepare';
    const [deployed, doingNothing] = [await deployedBundle(), await emptyBundle()];
    const services = await LocalServices.start();
    services.list({ syncs: SYNCS, unhealthy: 0, at: Date.now() });
    // The initial run saves a state; the measured checks find it and have nothing to save.
    await measuredRun(node, deployed, services);
    const ours: Run[] = [];
    const empty: Run[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      progress(`first-check: round ${round} of ${rounds}`);
      ours.push(await measuredRun(node, deployed, services));
      empty.push(await measuredRun(node, doingNothing, services));
    }
    return FIGURES.map(([figure, what]) =>
      comparedRow(what, {
        ours: ours.map((run) => run[figure]),
        other: empty.map((run) => run[figure]),
        against: 'empty handler',
      }),
    );
  },
};

interface Run {
  readonly readyMs: number;
  readonly endMs: number;
  readonly cpuMs: number;
}

const FIGURES: readonly (readonly [keyof Run, string])[] = [
  ['readyMs', 'spawn to ready'],
  ['endMs', 'spawn to the end of the first check'],
  ['cpuMs', 'processor time until then'],
];

async function measuredRun(node: string, { folder }: Bundle, services: LocalServices): Promise<Run> {
  const api = new RuntimeApi();
  const address = await api.start();
  const startedMs = performance.now();
  const client = spawn(node, [join(process.cwd(), CLIENT), 'index.handler'], {
    cwd: folder,
    env: {
      ...services.environment(folder),
      PATH: process.env['PATH'],
      AWS_LAMBDA_RUNTIME_API: address,
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
      AWS_LAMBDA_LOG_GROUP_NAME: 'bench',
      AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      _HANDLER: 'index.handler',
    },
    stdio: 'ignore',
  });
  const exited = once(client, 'exit');
  const died = exited.then(() => {
    throw new Error('the runtime client ended too early');
  });
  died.catch(() => undefined);
  await Promise.race([api.ready, died]);
  const readyMs = performance.now() - startedMs;
  const ok = await Promise.race([api.invoke({}), died]);
  if (!ok) throw new Error('the first check failed');
  const endMs = performance.now() - startedMs;
  const { cpuMs } = costOf(client.pid ?? 0);
  client.kill('SIGKILL');
  await exited;
  api.end();
  return { readyMs, endMs, cpuMs };
}
