import { BUDGETS } from '../../bench/budgets.ts';
import { deployedBundle } from '../../bench/bundles.ts';
import { callCount, measuredChecks } from '../../bench/measured-checks.ts';
import { bundleWith } from '../../infra/bundling.ts';
import { closeLocalServers } from '../http/local-server.ts';

/** Two sandboxes start, each in a process of its own. */
jest.setTimeout(30_000);
afterEach(closeLocalServers);

it('the bundle without its source map has at most 420,000 bytes', () => {
  expect(BUDGETS.bundleBytes).toBe(420_000);
  expect(deployedBundle().bytes).toBeLessThanOrEqual(420_000);
});

it('the benchmark bundles the function with the options of the stack', () => {
  const { bundling } = bundleWith({});
  expect(bundling).toMatchObject({
    format: 'cjs',
    mainFields: ['module', 'main'],
    externalModules: [],
    minify: true,
    sourceMap: true,
    sourcesContent: false,
  });
  expect(Object.keys(bundling.esbuildArgs)).toEqual(['--alias:@aws-sdk/credential-provider-node']);
  expect(bundling).not.toHaveProperty('keepNames');
});

it('a quiet check makes three calls cold and two warm, and writes nothing', async () => {
  const { quietCold, quietWarm } = await measuredChecks(process.execPath, { syncs: 300, unhealthy: 0.01 });
  expect([callCount(quietCold.calls), callCount(quietWarm.calls)]).toEqual([3, 2]);
  expect(quietCold.calls).toMatchObject({ secret: 1, listing: 1, stateReads: 1, stateWrites: 0 });
  expect(quietWarm.calls).toMatchObject({ listing: 1, stateReads: 1, readUnits: 1, stateWrites: 0 });
});

it('a quiet check of 2,000 open alerts reads one unit when the sandbox knows the state', async () => {
  const { quietWarm } = await measuredChecks(process.execPath, { syncs: 2000, unhealthy: 1 });
  expect(quietWarm.calls).toMatchObject({ stateReads: 1, readUnits: 1, stateWrites: 0, posts: 0 });
});
