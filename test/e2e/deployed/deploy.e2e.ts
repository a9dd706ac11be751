import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aFailingRecord, aRecord } from '../../commands/a-world.ts';
import { aws, mustWork, shell } from '../shell.ts';
import { Deployment, ORGANISATION } from './deployment.ts';
import { placesWithSecrets } from './everything-said.ts';
import { API_KEY, tracesIn, WEBHOOK } from './secrets.ts';

/** The way of a person with an AWS account: bootstrap, deploy, the printed commands, and later another deploy. */

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.prepare();
});

afterAll(() => deployment?.stop());

describe('what is shipped, deployed unedited', () => {
  beforeAll(() => deployment.deployShipped());

  it('prints the commands that come next', () => {
    expect(Object.keys(deployment.outputs).sort()).toEqual([
      'AlarmTopicArn',
      'CheckCommand',
      'DashboardName',
      'DeadLetterQueueUrl',
      'FillSecretCommand',
      'FunctionName',
      'LogGroupName',
      'ReportCommand',
      'SecretArn',
      'TableName',
      'TestCommand',
    ]);
  });

  it('says that the secret still holds the placeholder, with its name, each key and the command that fills it', async () => {
    const { status, result } = await deployment.invoke();
    expect(status).toBe('error');
    const message = errorMessage(result);
    expect(message).toContain(deployment.output('SecretArn'));
    for (const key of ['timbalApiKey', 'timbalOrgId', 'slackWebhookUrl']) {
      expect(message).toContain(`"${key}" still holds the placeholder`);
    }
    expect(message).toContain(deployment.output('FillSecretCommand'));
  });

  it('says so to the test command too', async () => {
    const { stdout } = await pasted('TestCommand');
    expect(stdout).toContain('still holds the placeholder');
    expect(stdout).toContain('"FunctionError": "Unhandled"');
  });
});

describe('the printed commands, with the API on loopback', () => {
  beforeAll(async () => {
    await deployment.deploy();
    deployment.timbal.syncs = [aRecord(Date.now()), aFailingRecord(Date.now(), { id: 2, name: 'invoices' })];
  });

  it('fill the secret from secret.json in the working folder', async () => {
    const values = {
      timbalApiKey: API_KEY,
      timbalOrgId: ORGANISATION,
      slackWebhookUrl: deployment.slack.webhookUrl(WEBHOOK),
    };
    await pasted('FillSecretCommand', { 'secret.json': JSON.stringify(values, undefined, 2) });
    expect(JSON.parse((await deployment.secretText()) ?? '')).toEqual(values);
  });

  it('test the deployment: "wired up" is posted', async () => {
    const { stdout } = await pasted('TestCommand');
    expect(answerIn(stdout)).toMatchObject({ ok: true, command: 'test' });
    expect(deployment.posted()).toMatchObject([{ text: expect.stringContaining('wired up') }]);
  });

  it('post the health of every sync', async () => {
    const { stdout } = await pasted('ReportCommand');
    expect(answerIn(stdout)).toMatchObject({ ok: true, command: 'report', posts: { accepted: 1 } });
    expect(JSON.stringify(deployment.posted())).toContain('invoices');
  });

  it('check now, which tells what is wrong', async () => {
    const { stdout } = await pasted('CheckCommand');
    expect(answerIn(stdout)).toMatchObject({ ok: true, command: 'check', notified: [{ name: 'invoices' }] });
    expect(JSON.stringify(deployment.posted())).toContain('invoices');
  });
});

describe('a new deployment with another description, other tags and another policy', () => {
  let secret: string | undefined;
  let items: unknown;
  let outputs: unknown;

  beforeAll(async () => {
    secret = await deployment.secretText();
    items = await deployment.items();
    ({ outputs } = deployment);
    const policy = { exclude: [{ match: { name: 'invoices' }, reason: 'nobody needs them' }] };
    await deployment.deploy({ tags: { Team: 'data-platform' }, policy }, 'Described in another way');
  });

  it('changes them', async () => {
    const described = await aws(
      deployment.emulator,
      'secretsmanager',
      'describe-secret',
      '--secret-id',
      deployment.output('SecretArn'),
    );
    expect(described).toMatchObject({
      Description: 'Described in another way',
      Tags: expect.arrayContaining([{ Key: 'Team', Value: 'data-platform' }]),
    });
  });

  it('keeps function, secret and table, the value of the one and the content of the other', async () => {
    expect(deployment.outputs).toEqual(outputs);
    expect(tracesIn(secret ?? '')).not.toEqual([]);
    expect(await deployment.secretText()).toBe(secret);
    expect(items).not.toEqual([]);
    expect(await deployment.items()).toEqual(items);
  });

  it('has its policy in force', async () => {
    expect((await deployment.invoke()).result).toMatchObject({
      syncs: { excluded: 1, problems: { failing: 0 } },
      notified: [{ name: 'invoices', reason: 'resolved' }],
    });
    expect(JSON.stringify(deployment.posted())).toContain('nobody needs them');
  });
});

describe('all of this', () => {
  it('leaves no value of the secret anywhere', async () => {
    expect(await placesWithSecrets(deployment)).toEqual([]);
  });
});

/** Runs a printed command as a person does, in a folder with these files. */
async function pasted(output: string, files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'working folder '));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await mustWork(shell(deployment.emulator, `cd '${folder}'\n${deployment.output(output)}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The CLI prints what the function answers, and then, in its own object, how the call went. */
function answerIn(stdout: string): unknown {
  return JSON.parse(stdout.slice(0, stdout.lastIndexOf('{')));
}

function errorMessage(result: unknown): string {
  return typeof result === 'object' && result !== null && 'errorMessage' in result
    ? String(result.errorMessage)
    : '';
}
