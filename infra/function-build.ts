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
  /** Parts of the AWS SDK that its clients import and the function does not use, each with what takes its place. */
  alias: {
    '@aws-sdk/credential-provider-node': './lambda/aws/environment-credentials.ts',
    '@aws-sdk/middleware-endpoint-discovery': './lambda/aws/no-endpoint-discovery.ts',
    '@smithy/core/event-streams': './lambda/aws/no-event-streams.ts',
  },
} satisfies BuildOptions;
