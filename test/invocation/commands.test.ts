import { aFailingRecord, aRecord, START } from '../commands/a-world.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { secretFault } from '../secret/a-secrets-manager.ts';
import { Deployed } from './a-deployed.ts';
import { failureOf } from './failure-of.ts';

let deployed: Deployed;

beforeEach(async () => {
  deployed = await Deployed.start();
});
afterEach(closeLocalServers);

describe('the command report', () => {
  it('posts and returns the health of every sync, and writes nothing', async () => {
    deployed.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices' })];
    expect(await deployed.invoke({ command: 'report' })).toMatchObject({
      ok: true,
      command: 'report',
      unhealthy: [{ id: 'invoices' }],
      healthy: [{ connector: 'postgres', count: 1 }],
      posts: { accepted: 1 },
    });
    expect(deployed.calls()).toMatchObject({ posts: 1, writes: 0 });
    expect(deployed.logged().entry).toMatchObject({ command: 'report', unhealthy: 1 });
  });

  it('names the command that shows the rest of a report too long for Slack', async () => {
    deployed.shown = Array.from({ length: 60 }, (_, index) =>
      (index < 20 ? aFailingRecord : aRecord)(START, {
        id: `sync-${index}`,
        connection_ref: `c-${index % 20}`,
      }),
    );
    await deployed.invoke({ command: 'report' });
    const last = deployed.servers.slack.requests.at(-1)?.body ?? '';
    const texts: readonly string[] = JSON.parse(last).blocks.map(
      (block: { text?: { text: string } }) => block.text?.text,
    );
    expect(texts.find((text) => text?.includes('… and 8 more'))).toContain(
      `(echo '{"command":"report","post":false}' | aws lambda invoke --region eu-west-1 --function-name SyncAlerts-prod-Function --cli-read-timeout 90 --payload fileb:///dev/stdin /dev/fd/3 3&gt;&amp;1 &gt;&amp;2)`,
    );
  });

  it('that fails links to the section about commands', async () => {
    deployed.apiKeys = [];
    await failureOf(deployed.invoke({ command: 'report' }));
    expect(deployed.logged().entry).toMatchObject({
      command: 'report',
      ok: false,
      error: { code: 'report_failed' },
      runbook: 'docs/runbook.md#a-command-failed',
    });
  });
});

describe('the command test', () => {
  it('returns the result of each step', async () => {
    expect(await deployed.invoke({ command: 'test' })).toMatchObject({
      ok: true,
      command: 'test',
      steps: [
        { step: 'secret', ok: true },
        { step: 'key', ok: true },
        { step: 'listing', ok: true },
        { step: 'clock', ok: true },
        { step: 'state', ok: true },
        { step: 'slack', ok: true },
      ],
    });
    expect(deployed.calls()).toMatchObject({ posts: 1, writes: 0 });
  });

  it('tests the secret as it is now, not the values that the sandbox read before', async () => {
    await deployed.invoke({ command: 'test' });
    deployed.fill({ timbalApiKey: 'a-key-with-a-typo' });
    const { message } = await failureOf(deployed.invoke({ command: 'test' }));
    expect(message).toContain('key: FAILED');
  });

  it('fails with the permission to add when the secret may not be read', async () => {
    deployed.secrets.onReads.push(secretFault('AccessDeniedException'));
    const { message } = await failureOf(deployed.invoke({ command: 'test' }));
    expect(message).toContain('secretsmanager:GetSecretValue');
  });
});

describe('a usage error', () => {
  it('is a response with the commands, calls nothing, and is no failure', async () => {
    expect(await deployed.invoke({ command: 'mute' })).toEqual({
      ok: false,
      error: expect.stringContaining('there is no command "mute". The commands: '),
    });
    expect(deployed.calls()).toEqual({ listings: 0, posts: 0, queries: 0, writes: 0, secrets: 0 });
    expect(deployed.logged()).toMatchObject({ level: 'info', entry: { ok: false } });
  });
});

describe('an organisation with 12,000 failing syncs', () => {
  beforeEach(() => {
    deployed.shown = Array.from({ length: 12_000 }, (_, index) =>
      aFailingRecord(START, { id: `sync-${index}`, name: `the sync number ${index} of many` }),
    );
  });

  it('fits a check into the 6 MB that Lambda returns and the 256 KB that CloudWatch takes', async () => {
    const response = await deployed.invoke();
    expect(response).toMatchObject({ ok: true, open: 12_000, omitted: 11_000, omittedDecisions: 11_000 });
    expect(response['notified']).toHaveLength(1000);
    expect(response['decisions']).toHaveLength(1000);
    expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThan(6_000_000);
    expect(Buffer.byteLength(JSON.stringify(deployed.logged()))).toBeLessThan(200_000);
    expect(deployed.lines).toHaveLength(1001);
  });

  it('fits a report into the 6 MB that Lambda returns', async () => {
    const response = await deployed.invoke({ command: 'report', post: false });
    expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThan(6_000_000);
    expect(response['omitted']).toBeGreaterThan(0);
  });
});
