/*
 * In: the environments of environments.ts. Out: one CloudFormation stack for each, `SyncAlerts-<name>`.
 * The CDK CLI calls this, as cdk.json says: `npm run synth`, `npx cdk diff`, `npx cdk deploy`.
 */

import { App } from 'aws-cdk-lib';
import { SyncAlertsError } from '../lambda/errors.ts';
import { environments } from './environments.ts';
import { readEnvironments } from './read-environments.ts';
import { SyncAlertsStack } from './sync-alerts-stack.ts';

// CDK's own validation of the template takes longer than the rest of a command; `npm run test:slow` runs it, and cfn-lint.
const app = new App({ builtinCloudFormationValidation: false });
const stacks: SyncAlertsStack[] = [];
try {
  for (const [name, environment] of readEnvironments(environments)) {
    stacks.push(new SyncAlertsStack(app, `SyncAlerts-${name}`, { name, environment }));
  }
} catch (error) {
  // The message names each invalid field; a stack trace would bury it.
  if (!(error instanceof SyncAlertsError)) throw error;
  console.error(error.message);
  process.exit(1);
}
app.synth();
// On standard error: the standard output of `cdk synth` is the template.
for (const { stackName, heartbeatSchedule } of stacks) {
  console.error(`${stackName}, for a heartbeat monitor: ${heartbeatSchedule}`);
}
