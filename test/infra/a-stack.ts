import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { AlarmName } from '../../infra/alarms.ts';
import type { Environment } from '../../infra/environment-schema.ts';
import { SyncAlertsStack } from '../../infra/sync-alerts-stack.ts';

export const PROJECT = join(import.meta.dirname, '../..');

export const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/0aaaaaaa-1bbb-2ccc-3ddd-4eeeeeeeeeee';
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:sync-alerts/prod-AbCdEf';
export const BOUNDARY_ARN = 'arn:aws:iam::123456789012:policy/company/boundary';
export const TOPIC_ARN = 'arn:aws:sns:eu-west-1:123456789012:on-call';

/** The context of `cdk.json`, which the CDK CLI passes to the app. */
export const CONTEXT: Record<string, unknown> = JSON.parse(
  readFileSync(join(PROJECT, 'cdk.json'), 'utf8'),
).context;

const folders: string[] = [];

/** A new folder with a space in its path. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sync alerts '));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

/** The app of `infra/app.ts`, without bundling, which takes seconds. */
export function anApp(props: AppProps = {}): App {
  return new App({
    outdir: aFolder(),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: {
      ...CONTEXT,
      'aws:cdk:bundling-stacks': [],
      // Otherwise each synth prints its warnings.
      '@aws-cdk/core:annotationsInValidationReport': false,
    },
    ...props,
  });
}

export function aStack(environment: Environment = {}, app = anApp(), name = 'prod'): SyncAlertsStack {
  return new SyncAlertsStack(app, `SyncAlerts-${name}`, { name, environment });
}

export function aTemplate(environment: Environment = {}): Template {
  return Template.fromStack(aStack(environment));
}

export interface Resource {
  readonly id: string;
  readonly Type: string;
  readonly DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is plain JSON, and each test states what it expects of it.
  readonly Properties: Readonly<Record<string, any>>;
}

/** The resources of a type. */
export function resourcesOf(template: Template, type: string): readonly Resource[] {
  const resources: Record<string, Omit<Resource, 'id'>> = template.toJSON()['Resources'];
  return Object.entries(resources).flatMap(([id, resource]) =>
    resource.Type === type ? [{ id, ...resource }] : [],
  );
}

/** The only resource of a type. */
export function theResource(template: Template, type: string): Resource {
  const [resource, ...others] = resourcesOf(template, type);
  if (resource === undefined || others.length > 0) throw new Error(`expected exactly one ${type}`);
  return resource;
}

/** The properties of an alarm by its name in an environment. */
export function theAlarm(template: Template, name: AlarmName): Resource['Properties'] {
  const id = new RegExp(`^Monitoring${name}[\\dA-F]{8}$`, 'i');
  const [alarm, ...others] = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter((one) => id.test(one.id));
  if (alarm === undefined || others.length > 0) throw new Error(`expected exactly one alarm ${name}`);
  return alarm.Properties;
}

/**
 * A text of the template as in a deployment into eu-west-1. CloudFormation makes a name of the stack, the logical id and 12
 * random characters; a function's has 64 characters at most.
 */
export function deployedText(text: unknown, stackName = 'SyncAlerts-prod'): string {
  if (typeof text === 'string') return text;
  const [[intrinsic, value] = ['', undefined]] = Object.entries(text ?? {});
  const all = (values: unknown): string[] =>
    Array.isArray(values) ? values.map((one) => deployedText(one, stackName)) : [];
  if (intrinsic === 'Fn::Join') return all(value[1]).join(value[0]);
  // The condition of each is another partition.
  if (intrinsic === 'Fn::If') return deployedText(value[2], stackName);
  if (intrinsic !== 'Ref') throw new Error(`unexpected ${intrinsic}`);
  if (value === 'AWS::Region') return 'eu-west-1';
  const name = `${stackName}-${value}-${'X'.repeat(12)}`;
  return String(value).startsWith('WatchFunction') && name.length > 64
    ? name.slice(0, 51) + name.slice(-13)
    : name;
}

/** The JSON of the dashboard, with a word for each token. */
export function theDashboard(template: Template): string {
  const dashboard = theResource(template, 'AWS::CloudWatch::Dashboard');
  const parts: unknown[] = dashboard.Properties['DashboardBody']['Fn::Join'][1];
  return parts.map((part) => (typeof part === 'string' ? part : 'TOKEN')).join('');
}
