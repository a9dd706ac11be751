import { readFileSync } from 'node:fs';
import { type Chapter, playStory } from '../../cli/story.ts';
import { TERMINAL } from '../../cli/terminal.ts';
import type { Checked } from '../../lambda/commands/outcome.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { renderPlainText } from '../../lambda/core/render/plain-text.ts';
import { answers, closeLocalServers, localServer } from '../http/local-server.ts';
import { SECRETS, start, TOKEN } from './a-laptop.ts';

afterEach(closeLocalServers);

/** The chapters of the story with their checks, in order. */
async function theStory(): Promise<readonly { readonly chapter: Chapter; readonly check: Checked }[]> {
  const chapters: { chapter: Chapter; check: Checked }[] = [];
  await playStory(TERMINAL, (chapter, outcome) => {
    if (outcome.kind === 'checked') chapters.push({ chapter, check: outcome });
  });
  return chapters;
}

describe('the story', () => {
  it('begins with a digest of all four kinds of problems and a paused sync', async () => {
    const [first] = await theStory();
    expect(new Set(first?.check.changes.map(({ problem }) => problem))).toEqual(
      new Set(['disabled', 'failing', 'never_succeeded', 'stalled']),
    );
    expect(new Set(first?.check.changes.map(({ severity }) => severity))).toEqual(
      new Set(['warning', 'critical']),
    );
    expect(first?.check.digests[0]?.sections.map(({ title }) => title)).toContain(
      'Paused, resumed or no longer listed',
    );
  });

  it('continues with silence, an escalation, syncs that fail together, recoveries, and silence', async () => {
    const story = await theStory();
    expect(story.map(({ check }) => [...new Set(check.changes.map(({ reason }) => reason))])).toEqual([
      ['new'],
      [],
      ['escalated'],
      ['new'],
      ['resolved', 'escalated'],
      [],
    ]);
    const silent = story.filter(({ check }) => check.digests.length === 0);
    expect(silent).toHaveLength(2);
    for (const { check } of silent) expect(check.saved).toBe(false);
    const recoveries = story[4]?.check.digests[0]?.sections.find(({ title }) => title === 'Resolved');
    expect(recoveries?.items.length).toBeGreaterThan(1);
  });

  it('reports the syncs that fail together as one cause, with the other syncs of their connector', async () => {
    const { chapter, check } = (await theStory())[3] ?? {};
    expect(chapter?.title).toContain('as one cause');
    const text = check?.digests[0] === undefined ? '' : renderPlainText(check.digests[0]);
    expect(text).toContain('5 more syncs need attention, 9 open in all (one shared cause)');
    expect(text).toContain('connection pg-payments: 4 of 4 syncs failing');
    // orders, the eighth, has stalled since the morning.
    expect(text).toContain(
      '7 of the 8 syncs on other connections of connector postgres have succeeded since',
    );
  });

  it('reports a sync that fails on its own in the same check beside the cause', async () => {
    const digest = (await theStory())[3]?.check.digests[0];
    const text = digest === undefined ? '' : renderPlainText(digest);
    expect(text).toContain('WARNING  satisfaction is failing');
    expect(text).toContain('connection zendesk, connector zendesk');
  });

  it('counts every sync of the demo at every check', async () => {
    for (const { check } of await theStory()) {
      const { listed, healthy, paused, problems } = check.syncs;
      const unhealthy = Object.values(problems).reduce((sum, count) => sum + count, 0);
      expect(healthy + paused + unhealthy).toBe(listed);
    }
  });

  it('checks at times of the default schedule, in order', async () => {
    const policy = parsePolicy({});
    const periodMs = policy.ok ? policy.policy.periodSeconds * 1000 : 0;
    const times = (await theStory()).map(({ chapter }) => chapter.at);
    for (const [index, at] of times.entries()) {
      expect(at % periodMs).toBe(0);
      expect(at).toBeGreaterThan(times[index - 1] ?? 0);
    }
  });
});

describe('npm start with no configuration', () => {
  it('plays the story with the same output each time', async () => {
    const first = await start([], {});
    expect(first).toEqual({ status: 0, stdout: expect.stringContaining('── 12:15 ──'), stderr: '' });
    expect(await start([], {})).toEqual(first);
  });

  it('prints what the README shows', async () => {
    const [, shown = 'nothing'] = readFileSync('README.md', 'utf8').match(/```text\n(.*?)```/s) ?? [];
    expect((await start([], {})).stdout.slice(0, shown.length)).toBe(shown);
  });

  it('puts the time above each check, and fits a terminal of 100 columns', async () => {
    const { stdout } = await start([], {});
    const lines = stdout.split('\n');
    expect(lines.flatMap((line) => line.match(/^── (\d\d:\d\d) ── \S/)?.[1] ?? [])).toEqual([
      '09:00',
      '09:05',
      '11:15',
      '11:30',
      '12:10',
      '12:15',
    ]);
    for (const line of lines) {
      if (!line.startsWith('29 syncs')) expect(line.length).toBeLessThanOrEqual(100);
      expect(line).toBe(line.trimEnd());
    }
  });

  it('ends with the commands that watch a real organisation', async () => {
    const { stdout } = await start([], {});
    const [exportLine, testLine, startLine, end] = stdout.split('\n').slice(-4);
    expect(exportLine).toMatch(/^ {2}export TIMBAL_API_KEY=… TIMBAL_ORG_ID=… .*SLACK_WEBHOOK_URL=…/);
    expect(testLine).toMatch(/^ {2}npm start -- test /);
    expect([startLine, end]).toEqual(['  npm start', '']);
  });

  it('prints the outcomes of all its checks as one JSON document on --demo --json', async () => {
    const { stdout } = await start(['--demo', '--json'], {});
    const kinds = Array(6).fill(expect.objectContaining({ kind: 'checked', environment: 'demo' }));
    expect(JSON.parse(stdout)).toEqual(kinds);
  });
});

it('the command behind "… and N more" of the demo prints all its checks', async () => {
  const [first] = await theStory();
  const hint = first?.check.digests[0]?.moreHint ?? '';
  const [start1, start2, silent, dashes, ...args] = hint.split(' ');
  expect([start1, start2, silent, dashes]).toEqual(['npm', 'start', '--silent', '--']);
  expect(JSON.parse((await start(args, {})).stdout)).toHaveLength(6);
});

describe('the demo', () => {
  it.each([[['--dry-run']], [['--json']], [['--verbose']], [['--quiet']], [['check']], [['report']]])(
    'is not played by npm start -- %j without a key: what is missing is named',
    async (args) => {
      const { status, stdout, stderr } = await start(args, {});
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr.split('\n')).toEqual([
        expect.stringMatching(/^TIMBAL_API_KEY is missing: /),
        expect.stringMatching(/^TIMBAL_ORG_ID is missing: /),
        'Without a key: npm start -- --demo',
        '',
      ]);
    },
  );

  it('is not played when a variable of ours is set, even to nothing', async () => {
    for (const environment of [{ TIMBAL_API_KEY: '' }, { SYNC_ALERTS_STATE: 'x.json' }]) {
      const { status, stdout, stderr } = await start([], environment);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^TIMBAL_API_KEY is missing: /);
    }
  });

  it.each([[['--demo']], [['demo']], [['--demo', '--dry-run', '--post']]])(
    'posts nothing with %j, whatever is set',
    async (args) => {
      const slack = await localServer(answers(200, 'ok'));
      const environment = {
        SLACK_WEBHOOK_URL: `${slack.url}/services/${TOKEN}`,
        TIMBAL_API_KEY: 'x',
        TIMBAL_ORG_ID: 'acme',
      };
      expect(await start(args, environment)).toEqual(await start([], {}));
      expect(slack.requests).toEqual([]);
    },
  );

  it('posts the story with --demo --post, each message marked as a demo, within ten seconds', async () => {
    const slack = await localServer(answers(200, 'ok'));
    const began = performance.now();
    const ran = await start(['--demo', '--post'], { SLACK_WEBHOOK_URL: `${slack.url}/services/${TOKEN}` });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain('The demo posted these messages to Slack too, each marked as a demo.');
    for (const secret of SECRETS) expect(`${ran.stdout}${ran.stderr}`).not.toContain(secret);
    expect(slack.requests).toHaveLength(4);
    for (const { body } of slack.requests) {
      expect(JSON.parse(body)).toMatchObject({ text: expect.stringMatching(/^Demo: /) });
      expect(body).toContain('A demo of sync-alerts: none of these syncs exist.');
    }
  }, 20_000);

  it('fails when Slack refuses it, after its first check was printed', async () => {
    const slack = await localServer(answers(403, 'invalid_token'));
    const { status, stdout, stderr } = await start(['--demo', '--post'], {
      SLACK_WEBHOOK_URL: `${slack.url}/services/${TOKEN}`,
    });
    expect(status).toBe(1);
    expect(stdout).toContain('── 09:00 ──');
    expect(stdout).not.toContain('The demo posted');
    expect(stdout).toMatch(/; 0 messages posted to Slack; \d notifications undelivered\.\n/);
    expect(stderr).toContain('invalid_token');
    expect(`${stdout}${stderr}`).not.toContain(TOKEN);
    expect(slack.requests).toHaveLength(1);
  });
});
