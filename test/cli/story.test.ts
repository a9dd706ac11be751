import { readFileSync } from 'node:fs';
import { type Chapter, playStory } from '../../cli/story.ts';
import { TERMINAL } from '../../cli/terminal.ts';
import type { Checked } from '../../lambda/commands/outcome.ts';
import { parsePolicy } from '../../lambda/core/policy.ts';
import { renderPlainText } from '../../lambda/core/render/plain-text.ts';
import { answers, closeLocalServers, localServer } from '../http/local-server.ts';
import { SECRETS, start, TOKEN } from './a-laptop.ts';

afterEach(closeLocalServers);

/** The story's checks, in order. */
async function theStory(): Promise<readonly { readonly chapter: Chapter; readonly check: Checked }[]> {
  const told: { chapter: Chapter; check: Checked }[] = [];
  await playStory(TERMINAL, (chapter, outcome) => {
    if (outcome.kind === 'checked') told.push({ chapter, check: outcome });
  });
  return told;
}

describe('the story', () => {
  it('begins with a digest that has all four problems of the mission, and a paused sync', async () => {
    const [first] = await theStory();
    expect(new Set(first?.check.changes.map(({ problem }) => problem))).toEqual(
      new Set(['disabled', 'failing', 'never_succeeded', 'stalled']),
    );
    expect(new Set(first?.check.changes.map(({ severity }) => severity))).toEqual(
      new Set(['warning', 'critical']),
    );
    expect(first?.check.digest?.sections.map(({ title }) => title)).toContain('Paused');
  });

  it('goes on with a silence, an escalation, syncs that fail together, recoveries, and a silence', async () => {
    const story = await theStory();
    expect(story.map(({ check }) => [...new Set(check.changes.map(({ reason: why }) => why))])).toEqual([
      ['new'],
      [],
      ['escalated'],
      ['new'],
      ['resolved'],
      [],
    ]);
    const silent = story.filter(({ check }) => check.digest === undefined);
    expect(silent).toHaveLength(2);
    for (const { check } of silent) expect(check.saved).toBe(false);
    const recoveries = story[4]?.check.digest?.sections.find(({ title }) => title === 'Resolved');
    expect(recoveries?.items.length).toBeGreaterThan(1);
  });

  it('tells the syncs that fail together as one cause, and which others of their connector ran well', async () => {
    const { chapter, check } = (await theStory())[3] ?? {};
    expect(chapter?.title).toContain('as one cause');
    const text = check?.digest === undefined ? '' : renderPlainText(check.digest);
    expect(text).toContain('4 syncs need a person (one shared cause)');
    expect(text).toContain('connection pg-payments: 4 of 4 syncs failing');
    // orders, the eighth, has stalled since the morning.
    expect(text).toContain('7 of the other 8 syncs of this connector ran well since');
  });

  it('accounts for every sync of the demo at every check', async () => {
    for (const { check } of await theStory()) {
      const { listed, healthy, problems } = check.syncs;
      const inTrouble = Object.values(problems).reduce((sum, count) => sum + count, 0);
      expect(healthy + inTrouble).toBe(listed);
    }
  });

  it('is told by the policy that everyone begins with: each check comes at a time of its schedule', async () => {
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
  it('plays the story, the same to the byte each time', async () => {
    const first = await start([], {});
    expect(first).toEqual({ status: 0, stdout: expect.stringContaining('── 12:15 ──'), stderr: '' });
    expect(await start([], {})).toEqual(first);
  });

  it('looks as the picture in the README', async () => {
    const [, picture] = readFileSync('README.md', 'utf8').match(/```text\n(.*?)```/s) ?? [];
    expect((await start([], {})).stdout.startsWith(picture ?? 'no picture')).toBe(true);
  });

  it('heads each check by its time, and fits a terminal of 100 columns', async () => {
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

  it('ends with the two lines that watch the real thing', async () => {
    const { stdout } = await start([], {});
    const [exportLine, startLine, end] = stdout.split('\n').slice(-3);
    expect(exportLine).toMatch(/^ {2}export TIMBAL_API_KEY=… TIMBAL_ORG_ID=… .*SLACK_WEBHOOK_URL=…/);
    expect([startLine, end]).toEqual(['  npm start', '']);
  });

  it('prints the outcomes of all its checks as one JSON document on --json', async () => {
    const { stdout } = await start(['--json'], {});
    const kinds = Array(6).fill(expect.objectContaining({ kind: 'checked', environment: 'demo' }));
    expect(JSON.parse(stdout)).toEqual(kinds);
  });
});

describe('npm start with a webhook alone', () => {
  it('posts the story there, each message marked as a demo, within ten seconds', async () => {
    const slack = await localServer(answers(200, 'ok'));
    const began = performance.now();
    const ran = await start([], { SLACK_WEBHOOK_URL: `${slack.url}/services/${TOKEN}` });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain('The same was posted to Slack, marked as a demo.');
    for (const secret of SECRETS) expect(`${ran.stdout}${ran.stderr}`).not.toContain(secret);
    expect(slack.requests).toHaveLength(4);
    for (const { body } of slack.requests) {
      expect(JSON.parse(body)).toMatchObject({ text: expect.stringMatching(/^Demo: /) });
      expect(body).toContain('A demo of sync-alerts: none of these syncs exist.');
    }
  }, 20_000);

  it('posts nothing on a dry run, and tells the same on the terminal', async () => {
    const slack = await localServer(answers(200, 'ok'));
    const ran = await start(['--dry-run'], { SLACK_WEBHOOK_URL: `${slack.url}/services/${TOKEN}` });
    expect(ran).toEqual(await start([], {}));
    expect(slack.requests).toEqual([]);
  });
});
