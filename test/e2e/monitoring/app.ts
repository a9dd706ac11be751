import { App } from 'aws-cdk-lib';
import { readEnvironments } from '../../../infra/read-environments.ts';
import { SyncAlertsStack } from '../../../infra/sync-alerts-stack.ts';

/* `infra/app.ts` with the environments of the context `environments`, which is JSON: the API of the test is on loopback. */

const app = new App({ builtinCloudFormationValidation: false });
const written: unknown = JSON.parse(String(app.node.tryGetContext('environments')));
for (const [name, environment] of readEnvironments(written)) {
  new SyncAlertsStack(app, `SyncAlerts-${name}`, { name, environment });
}
