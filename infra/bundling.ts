import { fileURLToPath } from 'node:url';
import { type NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';

/** The root of this repository, relative to this file, so that the construct also works in an app in another folder. */
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The props of the function's code: entry and bundling. The asset contains the bundle, its source map and the policy.
 * docs/adr/0004-the-bundle.md has the reasons.
 */
export function bundleWith(policy: WrittenPolicy) {
  return {
    entry: `${PROJECT}lambda/handler.ts`,
    handler: 'handler',
    projectRoot: PROJECT,
    depsLockFilePath: `${PROJECT}package-lock.json`,
    bundling: {
      format: OutputFormat.CJS,
      mainFields: ['module', 'main'],
      // The AWS SDK too: AWS updates the SDK in the Lambda runtime, and the function was not tested with that version.
      externalModules: [],
      minify: true,
      sourceMap: true,
      sourcesContent: false,
      esbuildArgs: {
        '--alias:@aws-sdk/credential-provider-node': `${PROJECT}lambda/aws/environment-credentials.ts`,
      },
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
  } as const satisfies NodejsFunctionProps;
}
