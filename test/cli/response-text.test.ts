import { hasNews, responseText } from '../../cli/response-text.ts';
import { check } from '../../lambda/commands/check.ts';
import { report } from '../../lambda/commands/report.ts';
import { testDeployment } from '../../lambda/commands/test-deployment.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { checkResult, reportResult, testResult } from '../../lambda/invocation/response.ts';
import { aFailingRecord, aRecord, MINUTE, START, settings, World } from '../commands/a-world.ts';
import { aPolicy } from '../core/a-sync.ts';

/** The responses are those of the function, as they arrive: JSON that is parsed again. */
function textOf(response: unknown, verbose = false): string {
  return responseText(JSON.parse(JSON.stringify(response)), verbose);
}

/** A world with one failing and one healthy sync. */
function aWorld(): World {
  const world = new World();
  world.shown = [aFailingRecord(START, { id: 'a1' }), aRecord(START, { id: 'a2' })];
  return world;
}

async function checkText(world: World, { dryRun = false, verbose = false } = {}): Promise<string> {
  const outcome = await check(world.ports, { ...settings(), dryRun });
  return textOf(checkResult(outcome).response, verbose);
}

describe('the response to a check as text', () => {
  it('is the digest and a summary', async () => {
    const text = await checkText(aWorld());
    expect(text).toMatch(/orders is failing/);
    expect(text).toMatch(/\n\n2 syncs: 1 healthy, 1 failing; 1 alert open; 1 message posted to Slack\.$/);
  });

  it('says that there is nothing new to send', async () => {
    const world = aWorld();
    await checkText(world);
    world.now += 5 * MINUTE;
    expect(await checkText(world)).toBe('2 syncs: 1 healthy, 1 failing; 1 alert open; nothing new to send.');
  });

  it('says that a notification waits while the destination backs off, and for how much longer', async () => {
    const world = aWorld();
    world.postResults.push({
      kind: 'refused',
      error: new SyncAlertsError('slack_refused', 'Slack asks to wait'),
      invalidPayload: false,
      retryAfterSeconds: 1800,
    });
    await expect(checkText(world)).rejects.toThrow('Slack asks to wait');
    world.now += 5 * MINUTE;
    for (const dryRun of [true, false]) {
      expect(await checkText(world, { dryRun, verbose: true })).toMatch(
        /; 1 alert open; 1 notification waits for Slack(; dry run: .*)?\.\n\norders: waits: nothing is posted for another 25 m$/,
      );
    }
  });

  it('says that a dry run posted and saved nothing', async () => {
    expect(await checkText(aWorld(), { dryRun: true })).toMatch(
      /\n\n2 syncs: 1 healthy, 1 failing; 1 alert open; dry run: nothing posted, nothing saved\.$/,
    );
  });

  it('gives the reason of a check that stopped', () => {
    const outcome = {
      kind: 'lease_held',
      at: new Date(START).toISOString(),
      environment: 'prod',
      organisation: 'acme',
      reason: 'another check is running',
    } as const;
    expect(textOf(checkResult(outcome).response)).toBe('The check stopped: another check is running.');
  });

  it('ends with the decision about each alert on --verbose', async () => {
    const world = new World();
    world.shown = [aFailingRecord(START)];
    const first = await checkText(world, { verbose: true });
    expect(first).toMatch(/ posted to Slack\.\n\norders: sent now: [a-z ]+$/);
    world.now += 5 * MINUTE;
    expect(await checkText(world, { verbose: true })).toMatch(
      /; nothing new to send\.\n\norders: already notified 5 m ago, next reminder in 23 h \d+ m$/,
    );
  });
});

it('counts the decisions that did not fit into the response', async () => {
  const { response } = checkResult(await check(aWorld().ports, settings()));
  expect(textOf({ ...response, omittedDecisions: 1200 }, true)).toMatch(
    /\norders: sent now: it fires\n… and 1,200 more$/,
  );
});

describe('the response to a report as text', () => {
  it('is the text of the report and a summary', async () => {
    const { response } = reportResult(await report(aWorld().ports, settings(), true));
    const text = textOf(response);
    expect(text).toMatch(/^Report: 1 sync needs attention and 1 healthy\n\n/);
    expect(text).toContain('orders is failing');
    expect(text).toMatch(/\n\n2 syncs: 1 healthy, 1 failing; 1 alert open; 1 message posted to Slack\.$/);
  });

  it('says that it was not posted', async () => {
    const { response } = reportResult(await report(aWorld().ports, settings(), false));
    expect(textOf(response)).toMatch(/; 1 alert open; not posted\.$/);
  });

  it('names the entries of the policy that do nothing', async () => {
    const policy = aPolicy({ exclude: [{ match: { name: 'tmp_*' }, reason: 'x' }] });
    const { response } = reportResult(await report(aWorld().ports, { ...settings(), policy }, false));
    expect(textOf(response)).toContain('exclude.0 (name tmp_*) matches no sync');
  });

  it('shows names without control characters', async () => {
    const world = new World();
    world.shown = [aFailingRecord(START, { id: 'a1', name: 'or\u001b[31mders' })];
    const { response } = reportResult(await report(world.ports, settings(), false));
    expect(textOf(response)).toContain('or [31mders is failing');
  });
});

it('shows each step of the test as a line', async () => {
  const secret = { step: 'secret', ok: true, message: 'it was read', durationMs: 12 } as const;
  const host = { before: [secret], stateLabel: 'the table x' };
  const { response } = testResult(await testDeployment(aWorld().ports, settings(), host));
  const lines = textOf(response).split('\n');
  expect(lines[0]).toBe('ok     secret   it was read (12 ms)');
  expect(lines.map((line) => line.slice(0, 15))).toEqual([
    'ok     secret  ',
    'ok     key     ',
    'ok     listing ',
    'ok     clock   ',
    'ok     state   ',
    'ok     slack   ',
  ]);
});

describe('a response has news', () => {
  it.each([
    [
      'a check that sends nothing',
      async (world: World) => void (await check(world.ports, settings())),
      false,
    ],
    ['a check with a message', async () => undefined, true],
  ])('%s', async (_name, before, expected) => {
    const world = aWorld();
    await before(world);
    world.now += 5 * MINUTE;
    expect(hasNews(checkResult(await check(world.ports, settings())).response)).toBe(expected);
  });

  it('when a sync is unhealthy in a report, and not when all are healthy or a test passed', async () => {
    const world = aWorld();
    const reported = async () => reportResult(await report(world.ports, settings(), false)).response;
    expect(hasNews(await reported())).toBe(true);
    world.shown = [aRecord(START)];
    expect(hasNews(await reported())).toBe(false);
    const tested = await testDeployment(world.ports, settings(), { before: [], stateLabel: 'x' });
    expect(hasNews(testResult(tested).response)).toBe(false);
  });
});

it('shows the usage error that the function answers', () => {
  expect(textOf({ ok: false, error: 'there is no command "chekc"' })).toBe('there is no command "chekc"');
});

it('shows a response of an unknown shape as JSON', () => {
  const response = { ok: true, command: 'silences', silences: [] };
  expect(textOf(response)).toBe(JSON.stringify(response, null, 2));
});
