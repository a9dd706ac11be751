import { readFileSync } from 'node:fs';
import { aFailingRecord } from '../../commands/a-world.ts';
import { aws, shell, succeeds } from '../shell.ts';
import { Deployment } from './deployment.ts';

/* A deployment over the years: upgraded from the release before, removed, adopted by a new stack, removed for good. */

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.prepare();
  deployment.timbal.syncs = [aFailingRecord(Date.now(), { name: 'invoices' })];
});

afterAll(() => deployment?.stop());

describe('an upgrade from the release before', () => {
  let before: Readonly<Record<string, string>>;
  let secret: string | undefined;

  beforeAll(async () => {
    await deployment.deployPreviousRelease();
    await deployment.fill();
    before = deployment.physicalIds();
    secret = await deployment.secretText();
    await deployment.deploy();
  });

  it('replaces and removes no resource', () => {
    expect(Object.keys(before)).toHaveLength(20);
    expect(deployment.physicalIds()).toMatchObject(before);
  });

  it('keeps the value of the secret', async () => {
    expect(await deployment.secretText()).toBe(secret);
  });

  it('leaves a function that works', async () => {
    expect((await deployment.invoke()).result).toMatchObject({ ok: true, notified: [{ name: 'invoices' }] });
    expect(deployment.takePosted()).toHaveLength(1);
  });
});

describe('a change made by hand', () => {
  const change = (...parameters: readonly string[]) =>
    aws(deployment.emulator, 'lambda', 'update-function-configuration', ...parameters);

  it('stays when the stack is deployed again, and is undone with --revert-drift', async () => {
    await change('--function-name', deployment.output('FunctionName'), '--handler', 'index.elsewhere');
    await deployment.deploy();
    expect(await deployment.invoke()).toMatchObject({ status: 'error' });
    await deployment.revertDrift();
    expect(await deployment.invoke()).toMatchObject({ status: 'success' });
  });
});

describe('a removed stack', () => {
  beforeAll(() => deployment.destroy());

  it('leaves table and secret with their content', async () => {
    expect(await deployment.document()).toContain('invoices');
    expect(await deployment.secretText()).toContain('timbalApiKey');
  });

  it('leaves no function', async () => {
    await expect(deployment.invoke()).rejects.toThrow(/404/);
  });
});

describe('a new stack that adopts table and secret', () => {
  beforeAll(async () => {
    const table = { name: deployment.output('TableName') };
    await deployment.deploy({ table, secret: { arn: deployment.output('SecretArn') } });
  });

  it('creates neither', () => {
    const ids = Object.keys(deployment.physicalIds()).join(' ');
    expect(ids).toContain('WatchFunction');
    expect(ids).not.toMatch(/WatchState|WatchSecret/);
  });

  it('goes on where the first one ended: nobody hears of the same problem again', async () => {
    expect((await deployment.invoke()).result).toMatchObject({ ok: true, open: 1, notified: [] });
    expect(deployment.takePosted()).toEqual([]);
  });

  it('leaves both when it is removed too, until a person deletes them', async () => {
    const names = { TABLE: deployment.output('TableName'), SECRET: deployment.output('SecretArn') };
    const logs = { LOGS: deployment.output('LogGroupName') };
    await deployment.destroy();
    expect(await deployment.document()).toContain('invoices');
    const variables = Object.entries({ ...names, ...logs }).map(([name, value]) => `${name}=${value}`);
    await succeeds(shell(deployment.emulator, ['set -e', ...variables, removalCommands()].join('\n')));
    const tables = await aws(deployment.emulator, 'dynamodb', 'list-tables');
    expect(tables).toEqual({ TableNames: [] });
    await expect(deployment.secretText()).rejects.toThrow(/marked deleted|not allowed/i);
  });
});

/** The commands of docs/upgrading.md, without the line that a person fills in. */
function removalCommands(): string {
  const page = readFileSync('docs/upgrading.md', 'utf8');
  const block = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].find(([, text = '']) =>
    text.includes('delete-table'),
  );
  return (block?.[1] ?? '').replace(/^TABLE=….*$/m, '');
}
