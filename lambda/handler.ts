/*
 * In: an event and Lambda's context. Out: the response of the command, or an error without secrets.
 * AWS Lambda calls `handler`: for EventBridge Scheduler every 5 minutes, and for people through `npm run invoke`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { POLICY_FILE } from './invocation/environment-variables.ts';
import { createHandler } from './invocation/invocation.ts';

/** Lambda unpacks the function package into LAMBDA_TASK_ROOT. */
const policyFile = join(process.env['LAMBDA_TASK_ROOT'] ?? process.cwd(), POLICY_FILE);

/** Runs once per cold start. With JSON logging, Lambda adds time, level and request id to each object on the console. */
export const handler = createHandler(
  {
    environment: process.env,
    policyText: () => (existsSync(policyFile) ? readFileSync(policyFile, 'utf8') : undefined),
    now: Date.now,
  },
  (level, entry) => console[level](entry),
  (line) => process.stdout.write(line),
);
