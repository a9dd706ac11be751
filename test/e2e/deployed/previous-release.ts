import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { SyncAlertsStack } from '../../../infra/sync-alerts-stack.ts';

/*
 * `SyncAlerts-prod` with the template of the release before, `test/infra/previous-release.json`, and the present code: an
 * upgrade from it is an upgrade of the template.
 */

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>;
}

const previous: Template = JSON.parse(readFileSync('test/infra/previous-release.json', 'utf8'));

class PreviousStack extends SyncAlertsStack {
  /** CDK calls it for the template, with tokens in it. */
  override _toCloudFormation(): Template {
    const { Resources, ...rest } = previous;
    const { defaultChild } = this.syncAlerts.handler.node;
    if (!(defaultChild instanceof CfnFunction)) throw new Error('the function has no resource');
    const { s3Bucket: S3Bucket, s3Key: S3Key } = this.resolve(defaultChild.code);
    const Code = { S3Bucket, S3Key };
    const withCode = Object.entries(Resources).map(([id, resource]) =>
      resource.Type === 'AWS::Lambda::Function'
        ? [id, { ...resource, Properties: { ...resource.Properties, Code } }]
        : [id, resource],
    );
    return { ...rest, Resources: Object.fromEntries(withCode) };
  }
}

const app = new App({ builtinCloudFormationValidation: false });
new PreviousStack(app, 'SyncAlerts-prod', { name: 'prod', environment: {} });
