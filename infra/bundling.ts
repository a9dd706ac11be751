import { fileURLToPath } from 'node:url';
import { type NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { WrittenPolicy } from '../lambda/core/policy.ts';

/** The project's folder, found from here, so that the construct works in an app that stands elsewhere. */
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The function's code: the bundle, its source map, and the policy beside them. docs/adr/0004-the-bundle.md says why so. */
export function bundleWith(policy: WrittenPolicy) {
  return {
    entry: `${PROJECT}lambda/handler.ts`,
    handler: 'handler',
    projectRoot: PROJECT,
    depsLockFilePath: `${PROJECT}package-lock.json`,
    bundling: {
      format: OutputFormat.CJS,
      mainFields: ['module', 'main'],
      // The SDK too: the one that Lambda brings changes under a function that was tested with another.
      externalModules: [],
      minify: true,
      keepNames: true,
      sourceMap: true,
      sourcesContent: false,
      forceDockerBundling: false,
      commandHooks: {
        beforeBundling: () => [],
        beforeInstall: () => [],
        // In base64 there is nothing that a shell would understand.
        afterBundling: (project: string, output: string) => [
          `node "${project}/infra/finish-bundle.mjs" "${output}" "${project}" ${Buffer.from(JSON.stringify(policy)).toString('base64')}`,
        ],
      },
    },
  } as const satisfies NodejsFunctionProps;
}
