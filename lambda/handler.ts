import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { POLICY_FILE } from './invocation/environment-variables.ts';
import { createHandler } from './invocation/invocation.ts';

/** Where Lambda unpacks the function's asset. */
const policyFile = join(process.env['LAMBDA_TASK_ROOT'] ?? process.cwd(), POLICY_FILE);

/** The function's entry. Under JSON logging Lambda makes one line of each object, with its level, time and request. */
export const handler = createHandler(
  {
    environment: process.env,
    policyText: () => (existsSync(policyFile) ? readFileSync(policyFile, 'utf8') : undefined),
    now: Date.now,
  },
  (level, entry) => console[level](entry),
  (line) => process.stdout.write(line),
);
