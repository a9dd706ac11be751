import { aFailingRecord, aRecord, HOUR, MINUTE, START } from '../commands/a-world.ts';
import { answers, closeLocalServers } from '../http/local-server.ts';
import { faulty } from '../state/a-dynamodb.ts';
import { Deployed } from './a-deployed.ts';
import { failureOf } from './failure-of.ts';

let deployed: Deployed;

beforeEach(async () => {
  deployed = await Deployed.start();
});
afterEach(closeLocalServers);

describe('the log of a check', () => {
  it('is one entry with the outcome and the scheduled time', async () => {
    await deployed.invoke({ command: 'check', scheduledAt: '2026-11-24T09:00:00Z' });
    expect(deployed.lines).toHaveLength(1);
    expect(deployed.logged()).toMatchObject({
      level: 'info',
      entry: { ok: true, command: 'check', scheduledAt: '2026-11-24T09:00:00Z', coldStart: true, open: 0 },
    });
    await deployed.invoke();
    expect(deployed.logged().entry).toMatchObject({ coldStart: false });
  });

  it('has an entry for each change before the one with their number', async () => {
    deployed.shown = [
      aFailingRecord(START, { id: 'invoices', name: 'invoices' }),
      aFailingRecord(START, { id: 'orders', name: 'orders' }),
    ];
    await deployed.invoke();
    const change = { event: 'notified', problem: 'failing', severity: 'warning', reason: 'new' };
    expect(deployed.lines.splice(0)).toEqual([
      { level: 'info', entry: { ...change, alert: 'sync:invoices', name: 'invoices' } },
      { level: 'info', entry: { ...change, alert: 'sync:orders', name: 'orders' } },
      { level: 'info', entry: expect.objectContaining({ ok: true, result: 'checked', notified: 2 }) },
    ]);
    await deployed.invoke();
    expect(deployed.lines).toEqual([
      { level: 'info', entry: expect.objectContaining({ ok: true, result: 'checked', notified: 0 }) },
    ]);
    expect(deployed.logged().entry).not.toHaveProperty('runbook');
  });

  it('has no entry for a change that Slack did not accept', async () => {
    const long = 'x'.repeat(120);
    deployed.shown = Array.from({ length: 120 }, (_, index) => {
      const labels = {
        id: `sync-${index}`,
        name: `${long} ${index}`,
        connection_ref: `c${index}`,
        connector_id: `c${index}`,
        kb_uid: `k${index}`,
      };
      return index < 60 ? aFailingRecord(START, labels) : aRecord(START, labels);
    });
    deployed.slackAnswers = [answers(200, 'ok'), answers(404, 'no_service')];
    await failureOf(deployed.invoke());
    const { notified, attempted } = deployed.logged().entry;
    expect(attempted).toBe(60);
    expect(notified).toBeGreaterThan(0);
    expect(notified).toBeLessThan(60);
    const changes = deployed.lines.filter(({ entry }) => entry['event'] === 'notified');
    expect(changes).toHaveLength(Number(notified));
  });

  it('links to the page of the policy, in the entry of a finding and in that of an error', async () => {
    const deployed = await Deployed.start();
    deployed.policy = JSON.stringify({ links: { runbook: 'https://wiki.acme.example/runbook' } });
    deployed.shown = [aRecord(START), { ...aRecord(START), id: undefined }];
    await deployed.invoke();
    expect(deployed.logged().entry['runbook']).toEqual([
      'https://wiki.acme.example/runbook#records-that-cannot-be-read',
    ]);
    deployed.apiKeys = [];
    await failureOf(deployed.invoke());
    expect(deployed.logged().entry['runbook']).toBe(
      'https://wiki.acme.example/runbook#the-syncs-cannot-be-listed',
    );
  });

  it('links to the runbook for everything about sync-alerts itself', async () => {
    const readable = Array.from({ length: 3 }, (_, index) => aRecord(START, { id: `sync-${index}` }));
    deployed.shown = [...readable, aRecord(START, { id: null })];
    await deployed.invoke();
    expect(deployed.logged().entry['runbook']).toEqual(['docs/runbook.md#records-that-cannot-be-read']);
    // One check whose clock is an hour ahead, and which has something to save.
    deployed.now += HOUR;
    deployed.shown = [...deployed.shown, aFailingRecord(deployed.now)];
    await deployed.invoke();
    deployed.now -= HOUR;
    await deployed.invoke();
    expect(deployed.logged().entry['runbook']).toEqual([
      'docs/runbook.md#records-that-cannot-be-read',
      'docs/runbook.md#clocks-disagree',
    ]);
  });
});

describe('the metrics of a check', () => {
  it('are one line, also when it fails', async () => {
    await deployed.invoke();
    expect(deployed.metrics()).toMatchObject({
      Environment: 'prod',
      requestId: 'request-1',
      ChecksCompleted: 1,
      SyncsWatched: 1,
    });
    deployed.shown = [aFailingRecord(START)];
    deployed.slackAnswer = answers(404, 'no_service');
    await failureOf(deployed.invoke());
    expect(deployed.metrics()).toMatchObject({ ChecksCompleted: 0, SyncsFailing: 1, MessagesPosted: 0 });
    deployed.now += 61 * MINUTE;
    deployed.shown = [aFailingRecord(START)];
    await failureOf(deployed.invoke());
    expect(deployed.metrics()).toMatchObject({ ChecksCompleted: 0, OldestUndeliveredSeconds: 3660 });
    deployed.apiKeys = [];
    await failureOf(deployed.invoke());
    expect(deployed.metrics()).not.toHaveProperty('SyncsWatched');
    deployed.table.onQueries.push(faulty('AccessDeniedException'));
    await failureOf(deployed.invoke());
    const { _aws, ...figures } = deployed.metrics();
    expect(figures).toEqual({
      Environment: 'prod',
      FunctionName: 'SyncAlerts-prod-Function',
      requestId: 'request-1',
      ChecksCompleted: 0,
    });
    expect(deployed.printed).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a dry run', { command: 'check', dryRun: true }],
    ['a report', { command: 'report' }],
    ['a test', { command: 'test' }],
    ['a usage error', { command: 'chekc' }],
  ])('are not printed for %s', async (_, event) => {
    await deployed.invoke(event);
    deployed.apiKeys = [];
    await deployed.invoke(event).catch(() => undefined);
    expect(deployed.printed).toEqual([]);
  });
});
