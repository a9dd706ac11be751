import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Environment } from '../../infra/environment-schema.ts';
import { SyncAlertsStack } from '../../infra/sync-alerts-stack.ts';

export const PROJECT = join(__dirname, '../..');

/** The context of `cdk.json`, which the CLI hands to the app. */
export const CONTEXT: Record<string, unknown> = JSON.parse(
  readFileSync(join(PROJECT, 'cdk.json'), 'utf8'),
).context;

const folders: string[] = [];

export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sync alerts '));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

/** An app as `infra/app.ts` makes it, without bundling, which takes seconds. */
export function anApp(props: AppProps = {}): App {
  return new App({
    outdir: aFolder(),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: { ...CONTEXT, 'aws:cdk:bundling-stacks': [] },
    ...props,
  });
}

export function aStack(environment: Environment = {}, app = anApp(), name = 'prod'): SyncAlertsStack {
  return new SyncAlertsStack(app, `SyncAlerts-${name}`, { name, environment });
}

export function aTemplate(environment: Environment = {}): Template {
  return Template.fromStack(aStack(environment));
}
