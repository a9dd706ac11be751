import { App } from 'aws-cdk-lib';
import { SyncAlertsError } from '../lambda/errors.ts';
import { readEnvironments } from './environment-schema.ts';
import { environments } from './environments.ts';
import { SyncAlertsStack } from './sync-alerts-stack.ts';

// CDK's own check of the template takes longer than all the rest of a command; the tests run it, and cfn-lint.
const app = new App({ builtinCloudFormationValidation: false });
try {
  for (const [name, environment] of readEnvironments(environments)) {
    new SyncAlertsStack(app, `SyncAlerts-${name}`, { name, environment });
  }
} catch (error) {
  // A fault in what someone wrote needs no stack trace.
  if (!(error instanceof SyncAlertsError)) throw error;
  console.error(error.message);
  process.exit(1);
}
app.synth();
