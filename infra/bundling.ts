import { join } from 'node:path';
import { type NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';
import { FUNCTION_BUILD, FUNCTION_ENTRY, PROJECT } from './function-build.ts';

/** The props of the function's code: entry and bundling. The asset contains the bundle, its source map and the policy. */
export function bundleWith(policy: WrittenPolicy) {
  const { alias, mainFields, minify, sourcemap, sourcesContent, target } = FUNCTION_BUILD;
  return {
    entry: join(PROJECT, FUNCTION_ENTRY),
    handler: 'handler',
    projectRoot: PROJECT,
    depsLockFilePath: join(PROJECT, 'package-lock.json'),
    bundling: {
      format: OutputFormat.CJS,
      target,
      mainFields,
      // The AWS SDK too: AWS updates the SDK in the Lambda runtime, and the function was not tested with that version.
      externalModules: [],
      minify,
      sourceMap: sourcemap,
      sourcesContent,
      esbuildArgs: Object.fromEntries(
        Object.entries(alias).map(([name, by]) => [
          `--alias:${name}`,
          by.startsWith('./') ? join(PROJECT, by) : by,
        ]),
      ),
      forceDockerBundling: false,
      commandHooks: {
        beforeBundling: () => [],
        beforeInstall: () => [],
        // CDK runs the command in a shell; base64 contains no character that a shell interprets.
        afterBundling: (project: string, output: string) => [
          `node "${project}/infra/finish-bundle.mjs" "${output}" "${project}" ${Buffer.from(JSON.stringify(policy)).toString('base64')}`,
        ],
      },
    },
  } satisfies NodejsFunctionProps;
}
