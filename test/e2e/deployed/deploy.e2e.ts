import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aFailingRecord, aRecord } from '../../commands/a-world.ts';
import { aws, shell, succeeds } from '../shell.ts';
import { Deployment, ORGANISATION } from './deployment.ts';
import { secretLeaks } from './secret-leaks.ts';
import { API_KEY, tracesIn, WEBHOOK } from './secrets.ts';

/* What a person does who deploys sync-alerts: bootstrap, deploy, the printed commands, and later another deployment. */

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.prepare();
});

afterAll(() => deployment?.stop());

describe('the app of this repository, deployed unchanged', () => {
  beforeAll(() => deployment.deployShipped());

  it('has outputs with the next commands', () => {
    expect(Object.keys(deployment.outputs).sort()).toEqual([
      'AlarmSubscribers',
      'AlarmTopicArn',
      'CheckCommand',
      'DashboardLink',
      'DashboardName',
      'DeadLetterQueueUrl',
      'FillSecretCommand',
      'FunctionLink',
      'FunctionName',
      'HeartbeatSchedule',
      'LogGroupLink',
      'LogGroupName',
      'ReportCommand',
      'SecretArn',
      'SubscribeCommand',
      'TableName',
      'TestCommand',
    ]);
  });

  it('says that nobody hears the alarms', () => {
    expect(deployment.output('AlarmSubscribers')).toMatch(/^NOBODY: /);
  });

  it('fails with the name of the secret, each key that still holds the placeholder, and the command that fills it', async () => {
    const { status, result } = await deployment.invoke();
    expect(status).toBe('error');
    const message = errorMessage(result);
    expect(message).toContain(deployment.output('SecretArn'));
    for (const key of ['timbalApiKey', 'timbalOrgId', 'slackWebhookUrl']) {
      expect(message).toContain(`"${key}" still holds the placeholder`);
    }
    expect(message).toContain(deployment.output('FillSecretCommand'));
  });

  it('fails the test command in the same way', async () => {
    const { stdout, stderr } = await runOutput('TestCommand');
    expect(errorMessage(JSON.parse(stdout))).toContain('still holds the placeholder');
    expect(stderr).toContain('"FunctionError": "Unhandled"');
  });
});

describe('the commands in the outputs', () => {
  beforeAll(async () => {
    await deployment.deploy();
    deployment.timbal.syncs = [aRecord(Date.now()), aFailingRecord(Date.now(), { id: 2, name: 'invoices' })];
  });

  it('FillSecretCommand fills the secret from secret.json in the working folder', async () => {
    const values = {
      timbalApiKey: API_KEY,
      timbalOrgId: ORGANISATION,
      slackWebhookUrl: deployment.slack.webhookUrl(WEBHOOK),
    };
    await runOutput('FillSecretCommand', { 'secret.json': JSON.stringify(values, undefined, 2) });
    expect(JSON.parse((await deployment.secretText()) ?? '')).toEqual(values);
  });

  it('TestCommand posts that the test passed', async () => {
    const { stdout } = await runOutput('TestCommand');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, command: 'test' });
    expect(deployment.takePosted()).toMatchObject([{ text: expect.stringContaining('is wired up') }]);
  });

  it('ReportCommand posts the health of every sync', async () => {
    const { stdout } = await runOutput('ReportCommand');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, command: 'report', posts: { accepted: 1 } });
    expect(JSON.stringify(deployment.takePosted())).toContain('invoices');
  });

  it('CheckCommand posts the unhealthy sync', async () => {
    const { stdout } = await runOutput('CheckCommand');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      command: 'check',
      notified: [{ name: 'invoices' }],
    });
    expect(JSON.stringify(deployment.takePosted())).toContain('invoices');
  });
});

describe('another deployment with a new description, new tags and a new policy', () => {
  let secret: string | undefined;
  let items: unknown;
  let outputs: unknown;

  beforeAll(async () => {
    secret = await deployment.secretText();
    items = await deployment.items();
    ({ outputs } = deployment);
    const policy = { exclude: [{ match: { name: 'invoices' }, reason: 'nobody reads it' }] };
    await deployment.deploy({ tags: { Team: 'data-platform' }, policy }, 'A new description');
  });

  it('changes description and tags', async () => {
    const described = await aws(
      deployment.emulator,
      'secretsmanager',
      'describe-secret',
      '--secret-id',
      deployment.output('SecretArn'),
    );
    expect(described).toMatchObject({
      Description: 'A new description',
      Tags: expect.arrayContaining([{ Key: 'Team', Value: 'data-platform' }]),
    });
  });

  it('keeps function, secret and table, the value of the secret and the items of the table', async () => {
    expect(deployment.outputs).toEqual(outputs);
    expect(tracesIn(secret ?? '')).not.toEqual([]);
    expect(await deployment.secretText()).toBe(secret);
    expect(items).not.toEqual([]);
    expect(await deployment.items()).toEqual(items);
  });

  it('applies the new policy', async () => {
    expect((await deployment.invoke()).result).toMatchObject({
      syncs: { excluded: 1, problems: { failing: 0 } },
      notified: [{ name: 'invoices', reason: 'resolved' }],
    });
    expect(JSON.stringify(deployment.takePosted())).toContain('nobody reads it');
  });
});

describe('after all tests of this file', () => {
  it('no value of the secret has leaked', async () => {
    expect(await secretLeaks(deployment)).toEqual([]);
  });
});

/** Runs the command of an output as a person who pastes it, in a folder with these files. */
async function runOutput(output: string, files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'working folder '));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await succeeds(shell(deployment.emulator, `cd '${folder}'\n${deployment.output(output)}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function errorMessage(result: unknown): string {
  return typeof result === 'object' && result !== null && 'errorMessage' in result
    ? String(result.errorMessage)
    : '';
}
