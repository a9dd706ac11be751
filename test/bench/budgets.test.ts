import { BUDGETS } from '../../bench/budgets.ts';
import { type Bundle, deployedBundle } from '../../bench/bundles.ts';
import { callCount, measuredChecks } from '../../bench/measured-checks.ts';
import { TEN_ROUTES_AND_FIFTY_SILENCES } from '../../bench/routes-and-silences.ts';
import { closeLocalServers } from '../http/local-server.ts';

/** Two sandboxes start, each in a process of its own. */
jest.setTimeout(30_000);
afterEach(closeLocalServers);

let bundle: Bundle;
beforeAll(async () => {
  bundle = await deployedBundle();
});

/** Of which something is in the bundle. */
function filesInBundle(): readonly string[] {
  return Object.entries(bundle.inputs).flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [file] : [],
  );
}

it('the bundle without its source map has at most 399,000 bytes', () => {
  expect(BUDGETS.bundleBytes).toBe(399_000);
  expect(bundle.bytes).toBeLessThanOrEqual(399_000);
});

it.each([
  ['@aws-sdk/credential-provider-node', 'environment-credentials'],
  ['@aws-sdk/middleware-endpoint-discovery', 'no-endpoint-discovery'],
  ['@smithy/core/dist-es/submodules/event-streams', 'no-event-streams'],
  ['@smithy/core/dist-es/submodules/checksum/', 'sha256'],
  ['@aws/lambda-invoke-store', 'no-invoke-store'],
])('the bundle has nothing of %s, which %s.ts replaces', (replaced, module) => {
  const files = filesInBundle();
  expect(files).toContain(`lambda/aws/${module}.ts`);
  expect(files.filter((file) => file.includes(replaced))).toEqual([]);
});

it.each(['DefaultRateLimiter', 'parseIni', 'imds-request'])(
  'the bundle has nothing of %s.js, which an unused part of the AWS clients imports',
  (name) => {
    expect(filesInBundle().filter((file) => file.endsWith(`/${name}.js`))).toEqual([]);
  },
);

it('the bundle has of Slack only the client of an incoming webhook', () => {
  const files = Object.keys(bundle.inputs);
  expect(files).toContain('node_modules/@slack/webhook/dist/IncomingWebhook.js');
  expect(files).toContain('lambda/slack/run-once.ts');
  const others = /node_modules\/(?:p-retry|retry|@slack\/webhook\/dist\/(?:index|WebhookTrigger))/;
  expect(files.filter((file) => others.test(file))).toEqual([]);
});

it('a quiet check makes three calls cold and two warm, and writes nothing', async () => {
  const { quietCold, quietWarm } = await measuredChecks(process.execPath, { syncs: 300, unhealthy: 0.01 });
  expect([callCount(quietCold.calls), callCount(quietWarm.calls)]).toEqual([3, 2]);
  expect(quietCold.calls).toMatchObject({ secret: 1, listing: 1, stateReads: 1, stateWrites: 0 });
  expect(quietWarm.calls).toMatchObject({ listing: 1, stateReads: 1, readUnits: 1, stateWrites: 0 });
});

it('a quiet check makes three calls cold and two warm also with ten routes and fifty silences', async () => {
  const { opening, quietCold, quietWarm } = await measuredChecks(
    process.execPath,
    TEN_ROUTES_AND_FIFTY_SILENCES,
  );
  expect(opening.calls.posts).toBeGreaterThanOrEqual(8);
  expect([callCount(quietCold.calls), callCount(quietWarm.calls)]).toEqual([3, 2]);
  expect(quietCold.calls).toMatchObject({ secret: 1, listing: 1, stateReads: 1, stateWrites: 0, posts: 0 });
  expect(quietWarm.calls).toMatchObject({
    listing: 1,
    stateReads: 1,
    readUnits: 1,
    stateWrites: 0,
    posts: 0,
  });
});

it('a quiet check of 2,000 open alerts reads one unit when the sandbox knows the state', async () => {
  const { quietWarm } = await measuredChecks(process.execPath, { syncs: 2000, unhealthy: 1 });
  expect(quietWarm.calls).toMatchObject({ stateReads: 1, readUnits: 1, stateWrites: 0, posts: 0 });
});
