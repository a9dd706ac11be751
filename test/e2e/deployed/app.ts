import { App, CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { readEnvironments } from '../../../infra/read-environments.ts';
import { SyncAlertsStack } from '../../../infra/sync-alerts-stack.ts';

/*
 * `infra/app.ts` with the environments of the context `environments`, which is JSON: the API of the tests is on loopback.
 * The context `description` replaces that of the stack, the function and the secret.
 */

const app = new App({ builtinCloudFormationValidation: false });
const written: unknown = JSON.parse(String(app.node.tryGetContext('environments')));
const description: unknown = app.node.tryGetContext('description');

for (const [name, environment] of readEnvironments(written)) {
  const stack = new SyncAlertsStack(app, `SyncAlerts-${name}`, { name, environment });
  if (description === undefined) continue;
  stack.templateOptions.description = String(description);
  for (const construct of [stack.syncAlerts.handler, stack.syncAlerts.secret]) describe(construct);
}

function describe({ node }: IConstruct): void {
  if (node.defaultChild instanceof CfnResource) {
    node.defaultChild.addPropertyOverride('Description', description);
  }
}
