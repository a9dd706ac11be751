import { execFile, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type App, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Environment } from '../../infra/environment-schema.ts';
import {
  aFolder,
  anApp,
  aStack,
  BOUNDARY_ARN,
  CONTEXT,
  KEY_ARN,
  PROJECT,
  removeFolders,
  TOPIC_ARN,
} from './a-stack.ts';

jest.setTimeout(60_000);
afterAll(removeFolders);

/** Every field that adds to the template, so that the rules see every resource and property. */
const FULL: Environment = {
  account: '123456789012',
  region: 'eu-west-1',
  schedule: { expression: 'cron(0/15 8-18 ? * MON-FRI *)', timeZone: 'Europe/Madrid', enabled: false },
  kmsKeyArn: KEY_ARN,
  removal: 'destroy',
  logRetentionDays: 90,
  tags: { Team: 'data' },
  timbalBaseUrl: 'https://timbal.example',
  connectorId: 'conn_1',
  roles: { permissionsBoundaryArn: BOUNDARY_ARN, namePrefix: 'acme-' },
  alarms: { emails: ['on-call@acme.example'], otherSubscribers: 'PagerDuty' },
};

/** Runs the app in its own process, as the CDK CLI does, without credentials; returns the output folder. */
async function synthesize(project: string): Promise<string> {
  const outdir = join(aFolder(), 'cdk.out');
  const env = { PATH: process.env['PATH'], CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(CONTEXT) };
  await promisify(execFile)('node', ['--import', 'tsx', 'infra/app.ts'], { cwd: project, env });
  return outdir;
}

/** A copy of the checkout in another folder, with these environments. */
function checkoutWith(environments: unknown): string {
  const project = join(aFolder(), 'another checkout');
  for (const part of ['infra', 'lambda', 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(join(PROJECT, part), join(project, part), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(project, 'node_modules'));
  const written = `export const environments = ${JSON.stringify(environments)};\n`;
  writeFileSync(join(project, 'infra/environments.ts'), written);
  return project;
}

function templateOf(outdir: string, name: string) {
  return JSON.parse(readFileSync(join(outdir, `SyncAlerts-${name}.template.json`), 'utf8'));
}

/** The folder of the function's asset: the template has its hash. */
function assetOf(outdir: string, name: string): string {
  const [hash] = /[\da-f]{64}(?=\.zip)/.exec(JSON.stringify(templateOf(outdir, name))) ?? [];
  return join(outdir, `asset.${hash}`);
}

describe('the app', () => {
  let here: string;
  let elsewhere: string;
  beforeAll(async () => {
    const policy = { grace: '7m', exclude: [{ match: { name: `"it's" $HOME \`x\`` }, reason: 'é' }] };
    const other = checkoutWith({ prod: {}, staging: { policy } });
    [here, elsewhere] = await Promise.all([synthesize(PROJECT), synthesize(other)]);
  });

  test('gives the same template and the same asset hash from another checkout folder', () => {
    expect(templateOf(elsewhere, 'prod')).toEqual(templateOf(here, 'prod'));
  });

  test('puts bundle, source map and policy into the asset, without a path of this machine', () => {
    const asset = assetOf(here, 'prod');
    expect(readdirSync(asset).sort()).toEqual(['index.js', 'index.js.map', 'policy.json']);
    expect(readFileSync(join(asset, 'policy.json'), 'utf8')).toBe('{}');
    const { sources }: { sources: string[] } = JSON.parse(readFileSync(join(asset, 'index.js.map'), 'utf8'));
    expect(sources).toContain('lambda/handler.ts');
    expect(sources.filter((source) => !/^(lambda|node_modules)\//.test(source))).toEqual([]);
    expect(readFileSync(join(asset, 'index.js'), 'utf8')).not.toContain(PROJECT);
  });

  test('gives each environment its own policy, unchanged by the shell', () => {
    const policy = readFileSync(join(assetOf(elsewhere, 'staging'), 'policy.json'), 'utf8');
    expect(JSON.parse(policy)).toEqual({
      grace: '7m',
      exclude: [{ match: { name: `"it's" $HOME \`x\`` }, reason: 'é' }],
    });
    expect(assetOf(elsewhere, 'staging')).not.toBe(assetOf(elsewhere, 'prod'));
  });

  test('prints the faults of an environment without a stack trace', async () => {
    const project = checkoutWith({ prod: { region: 'mars-1' } });
    await expect(synthesize(project)).rejects.toMatchObject({
      code: 1,
      stderr:
        'infra/environments.ts is invalid:\n  prod.region: is not an AWS region that this version of aws-cdk-lib knows\n',
    });
  });
});

describe('the template', () => {
  /** Without fields, with every field, and with an existing secret and topic. */
  function everyKind(app = anApp()): App {
    aStack({}, app, 'prod');
    aStack(FULL, app, 'full');
    const existing = { secret: { name: 'sync-alerts/prod' }, table: { name: 'restored-state' } };
    aStack({ ...existing, alarms: { topicArn: TOPIC_ARN } }, app, 'existing');
    return app;
  }

  test('passes CDK’s own rules and the AwsSolutions pack of cdk-nag', () => {
    const app = everyKind(anApp({ builtinCloudFormationValidation: true }));
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });

  test('fails the AwsSolutions pack with a queue that accepts requests without TLS', () => {
    const app = anApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    new Queue(aStack({}, app), 'Bare');
    expect(() => app.synth()).toThrow(/AwsSolutions-SQS4/);
  });

  const hasCfnLint = spawnSync('cfn-lint', ['--version']).status === 0;
  (hasCfnLint ? test : test.skip)(
    'passes cfn-lint',
    async () => {
      const { directory } = everyKind().synth();
      const templates = readdirSync(directory).filter((file) => file.endsWith('.template.json'));
      // W3005: CDK adds a `DependsOn` for the role of the function, although the reference to it is enough.
      const lint = promisify(execFile)('cfn-lint', ['--ignore-checks', 'W3005', '--', ...templates], {
        cwd: directory,
      });
      await expect(lint).resolves.toMatchObject({ stdout: '' });
    },
    60_000,
  );
});
