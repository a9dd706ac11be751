import { BUDGETS } from '../../bench/budgets.ts';
import { deployedBundle } from '../../bench/bundles.ts';
import { callCount, measuredChecks } from '../../bench/measured-checks.ts';
import { bundleWith } from '../../infra/bundling.ts';
import { PROJECT } from '../../infra/function-build.ts';
import { closeLocalServers } from '../http/local-server.ts';

/** Two sandboxes start, each in a process of its own. */
jest.setTimeout(30_000);
afterEach(closeLocalServers);

it('the bundle without its source map has at most 436,000 bytes', () => {
  expect(BUDGETS.bundleBytes).toBe(436_000);
  expect(deployedBundle().bytes).toBeLessThanOrEqual(436_000);
});

it.each([
  ['@aws-sdk/credential-provider-node', 'environment-credentials'],
  ['@aws-sdk/middleware-endpoint-discovery', 'no-endpoint-discovery'],
  ['@smithy/core/dist-es/submodules/event-streams', 'no-event-streams'],
  ['@smithy/core/dist-es/submodules/checksum/', 'sha256'],
  ['@aws/lambda-invoke-store', 'no-invoke-store'],
])('the bundle has nothing of %s, which %s.ts replaces', (replaced, module) => {
  const files = Object.entries(deployedBundle().inputs).flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [file] : [],
  );
  expect(files).toContain(`lambda/aws/${module}.ts`);
  expect(files.filter((file) => file.includes(replaced))).toEqual([]);
});

it('the bundle has of Slack only the client of an incoming webhook', () => {
  const files = Object.keys(deployedBundle().inputs);
  expect(files).toContain('node_modules/@slack/webhook/dist/IncomingWebhook.js');
  expect(files).toContain('lambda/slack/run-once.ts');
  const others = /node_modules\/(?:p-retry|retry|@slack\/webhook\/dist\/(?:index|WebhookTrigger))/;
  expect(files.filter((file) => others.test(file))).toEqual([]);
});

it('the stack bundles the function as the benchmark does', () => {
  const { entry, bundling } = bundleWith({});
  expect(entry).toBe(`${PROJECT}lambda/handler.ts`);
  expect(bundling).toMatchObject({
    format: 'cjs',
    target: 'node24',
    mainFields: ['module', 'main'],
    externalModules: [],
    minify: true,
    sourceMap: true,
    sourcesContent: false,
  });
  expect(bundling.esbuildArgs).toEqual({
    '--alias:@aws-sdk/credential-provider-node': `${PROJECT}lambda/aws/environment-credentials.ts`,
    '--alias:@aws-sdk/middleware-endpoint-discovery': `${PROJECT}lambda/aws/no-endpoint-discovery.ts`,
    '--alias:@aws/lambda-invoke-store': `${PROJECT}lambda/aws/no-invoke-store.ts`,
    '--alias:@slack/webhook': '@slack/webhook/dist/IncomingWebhook.js',
    '--alias:@smithy/core/checksum': `${PROJECT}lambda/aws/sha256.ts`,
    '--alias:p-retry': `${PROJECT}lambda/slack/run-once.ts`,
    '--alias:@smithy/core/event-streams': `${PROJECT}lambda/aws/no-event-streams.ts`,
  });
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
