import { responseText } from '../../cli/response-text.ts';
import { check } from '../../lambda/commands/check.ts';
import { report } from '../../lambda/commands/report.ts';
import { testDeployment } from '../../lambda/commands/test-deployment.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { checkResult, reportResult, testResult } from '../../lambda/invocation/response.ts';
import { aFailingRecord, aRecord, MINUTE, START, settings, World } from '../commands/a-world.ts';

/** The responses are those of the function, as they arrive: JSON that is parsed again. */
function textOf(response: unknown, verbose = false): string {
  return responseText(JSON.parse(JSON.stringify(response)), { verbose });
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
  it('is a paragraph for each unhealthy sync and a summary', async () => {
    const { response } = reportResult(await report(aWorld().ports, settings(), true));
    expect(textOf(response)).toMatch(
      /^WARNING {2}orders \(a1\)\n {9}orders is failing: .*\n\n2 syncs: 1 healthy, 1 failing; 0 alerts open; \d messages? posted to Slack\.$/,
    );
  });

  it('counts the syncs that did not fit, and says that it was not posted', async () => {
    const { response } = reportResult(await report(aWorld().ports, settings(), false));
    expect(textOf({ ...response, omitted: 4 })).toMatch(
      /\n… and 4 more\n\n2 syncs: 1 healthy, 1 failing; 0 alerts open; not posted\.$/,
    );
  });

  it('is only a summary when every sync is healthy', async () => {
    const world = new World();
    world.shown = [aRecord(START)];
    const { response } = reportResult(await report(world.ports, settings(), false));
    expect(textOf(response)).toBe('1 sync: 1 healthy; 0 alerts open; not posted.');
  });

  it('names the entries of the policy that do nothing', async () => {
    const { response } = reportResult(await report(aWorld().ports, settings(), false));
    const ruleNotes = [{ rule: 'exclude.0', match: 'name tmp_*', note: 'matches no sync' }];
    expect(textOf({ ...response, ruleNotes })).toMatch(
      /\n\nexclude\.0 of the policy \(name tmp_\*\) matches no sync\n\n2 syncs: /,
    );
  });

  it('shows names without control characters', async () => {
    const world = new World();
    world.shown = [aFailingRecord(START, { id: 'a1', name: 'or\u001b[31mders' })];
    const { response } = reportResult(await report(world.ports, settings(), false));
    expect(textOf(response)).toMatch(/^WARNING {2}or \[31mders \(a1\)\n/);
  });
});

it('shows each step of the test as a line', async () => {
  const secret = { step: 'secret', ok: true, message: 'it was read', durationMs: 12 } as const;
  const { response } = testResult(await testDeployment(aWorld().ports, settings(), secret));
  const lines = textOf(response).split('\n');
  expect(lines[0]).toBe('ok     secret   it was read (12 ms)');
  expect(lines.map((line) => line.slice(0, 15))).toEqual([
    'ok     secret  ',
    'ok     listing ',
    'ok     state   ',
    'ok     slack   ',
  ]);
});

it('shows the usage error that the function answers', () => {
  expect(textOf({ ok: false, error: 'there is no command "chekc"' })).toBe('there is no command "chekc"');
});

it('shows a response of an unknown shape as JSON', () => {
  const response = { ok: true, command: 'silences', silences: [] };
  expect(textOf(response)).toBe(JSON.stringify(response, null, 2));
});
