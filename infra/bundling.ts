import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';
import { POLICY_FILE } from '../lambda/invocation/environment-variables.ts';
import { PROJECT } from './function-build.ts';

/**
 * The function's code: the bundle, its source map and the policy. CDK wants the code at once, and esbuild with plugins
 * gives it later, so that the build has a process of its own.
 */
export function functionCode(policy: WrittenPolicy): Code {
  const policyText = JSON.stringify(policy);
  return Code.fromAsset(PROJECT, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      // CDK takes options that are equal as JSON for the same asset, and would give two environments one policy.
      environment: { POLICY: policyText },
      local: {
        tryBundle: (folder) => {
          execFileSync(process.execPath, ['--import', 'tsx', 'infra/build.ts', folder], { cwd: PROJECT });
          writeFileSync(join(folder, POLICY_FILE), policyText);
          return true;
        },
      },
    },
  });
}
