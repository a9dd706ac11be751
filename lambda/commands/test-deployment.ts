import { evaluate } from '../core/diagnose/evaluation.ts';
import { tally, unhealthyCount } from '../core/diagnose/tally.ts';
import { strong, untrusted, words } from '../core/digest/rich-text.ts';
import { pluralize } from '../core/digest/wording.ts';
import { contextLine, type Digest } from '../core/digest/write-digest.ts';
import { parseListing } from '../core/parse/parse-sync.ts';
import { slackMessages } from '../core/render/slack-messages.ts';
import { NOTHING_REMEMBERED } from '../core/state.ts';
import type { Instant } from '../core/time.ts';
import { SyncAlertsError } from '../errors.ts';
import type { Deadline } from '../http/deadline.ts';
import { startDeadlines } from './deadlines.ts';
import type { Ports } from './ports.ts';
import type { ReportSettings } from './report.ts';
import { listingErrors } from './summarize.ts';

/** What one step of the test gave. */
export interface Step {
  readonly step: 'secret' | 'listing' | 'state' | 'slack';
  readonly ok: boolean;
  /** What came, or what is wrong and what to do. */
  readonly message: string;
  readonly durationMs: number;
}

export interface Tested {
  readonly kind: 'test';
  readonly at: string;
  readonly environment: string;
  readonly organisation: string;
  readonly steps: readonly Step[];
}

/**
 * Proves a deployment: lists, recalls, and posts a message that says so. Each step is tried whatever came of the others,
 * so that one run shows all that is wrong. Remembers nothing.
 *
 * @param secret What the reading of the secret gave: without it there is nothing to try.
 * @throws SyncAlertsError with what every step gave, when one failed.
 */
export async function testDeployment(ports: Ports, settings: ReportSettings, secret: Step): Promise<Tested> {
  const { origin } = settings;
  const times = startDeadlines(settings.remainingSeconds);
  const now = ports.now();
  const tried = [
    secret,
    ...(await Promise.all([
      step('listing', () => list(ports, settings, times.listing, now)),
      step('state', () => load(ports)),
    ])),
  ];
  const slack = await step('slack', () => post(ports, messageOf(tried, settings, now), times.posting));
  const steps = [...tried, slack];
  if (steps.every(({ ok }) => ok)) {
    const { environment, organisation } = origin;
    return { kind: 'test', at: new Date(now).toISOString(), environment, organisation, steps };
  }
  const said = steps.map(({ step, ok, message: said }) => `${step}: ${ok ? 'ok' : 'FAILED'}: ${said}`);
  throw new SyncAlertsError('test_failed', `the test of ${origin.environment} failed\n${said.join('\n')}`);
}

async function list(
  { listing }: Ports,
  { policy, origin }: ReportSettings,
  deadline: Deadline,
  now: Instant,
): Promise<string> {
  const listed = await listing.list(deadline);
  const evaluation = evaluate(parseListing(listed), NOTHING_REMEMBERED.facts, policy, now);
  const [error] = listingErrors({ listed, evaluation }, origin.organisation);
  if (error !== undefined) throw error;
  const found = tally(evaluation, policy);
  return `${pluralize(found.listed, 'sync')} of ${origin.organisation}: ${found.healthy} healthy, ${unhealthyCount(found)} in trouble`;
}

async function load({ state }: Ports): Promise<string> {
  const { state: loaded, version } = await state.load();
  if (version === 0) return 'nothing remembered yet: the first check is still to come';
  const open = Object.values(loaded.facts.alerts).filter(({ state }) => state === 'firing');
  return `written ${pluralize(version, 'time')}, ${pluralize(open.length, 'alert')} open`;
}

async function post({ slack }: Ports, digest: Digest, deadline: Deadline): Promise<string> {
  for (const message of slackMessages(digest)) {
    const posted = await slack.post(message, deadline);
    if (posted.kind !== 'accepted') throw posted.error;
  }
  return 'the message was posted';
}

function messageOf(steps: readonly Step[], { origin }: ReportSettings, now: Instant): Digest {
  const failed = steps.filter(({ ok }) => !ok).length;
  const items = steps.map(({ step, ok, message: said, durationMs: durationsMs }) => ({
    level: ok ? ('good' as const) : ('critical' as const),
    title: [strong(step), words(ok ? ` works, ${durationsMs} ms` : ` does not work, ${durationsMs} ms`)],
    // An error may quote what came from outside.
    detail: [untrusted(said, MAX_STEP_MESSAGE_LENGTH)],
    covers: [],
  }));
  return {
    environment: origin.environment,
    headline:
      failed === 0
        ? 'sync-alerts is wired up'
        : `sync-alerts: ${pluralize(failed, 'step')} of the test failed`,
    sections: [{ title: 'Test, asked for by hand', items }],
    context: contextLine('This message is the proof that Slack can be reached', origin, now),
    moreHint: origin.moreHint,
  };
}

const MAX_STEP_MESSAGE_LENGTH = 400;

/** Runs a step and takes its time; a failure of ours is what it gave. */
export async function step(name: Step['step'], run: () => Promise<string>): Promise<Step> {
  const started = performance.now();
  const done = (ok: boolean, said: string): Step => ({
    step: name,
    ok,
    message: said,
    durationMs: Math.round(performance.now() - started),
  });
  try {
    return done(true, await run());
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    return done(false, error.message);
  }
}
