import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

/** The root of this repository, relative to this file, so that the construct also works in an app in another folder. */
export const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The file that AWS calls, relative to the root. */
export const FUNCTION_ENTRY = 'lambda/handler.ts';

/**
 * How esbuild builds the function, for the stack (bundling.ts), `npm run build` and the benchmark.
 * docs/adr/0004-the-bundle.md has the reasons.
 */
export const FUNCTION_BUILD = {
  absWorkingDir: PROJECT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  /** Parts of the clients of AWS and Slack that they import and the function does not use, with what takes their place. */
  alias: {
    '@aws-sdk/credential-provider-node': './lambda/aws/environment-credentials.ts',
    '@aws-sdk/middleware-endpoint-discovery': './lambda/aws/no-endpoint-discovery.ts',
    '@aws/lambda-invoke-store': './lambda/aws/no-invoke-store.ts',
    // Its index also exports a client for workflow webhooks.
    '@slack/webhook': '@slack/webhook/dist/IncomingWebhook.js',
    '@smithy/core/checksum': './lambda/aws/sha256.ts',
    '@smithy/core/event-streams': './lambda/aws/no-event-streams.ts',
    'p-retry': './lambda/slack/run-once.ts',
  },
} satisfies BuildOptions;
