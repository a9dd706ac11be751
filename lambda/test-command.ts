import { blindness } from './conclude.ts';
import { contextLine, type Digest } from './core/digest.ts';
import { lookAt } from './core/look.ts';
import { NOTHING_REMEMBERED } from './core/memory.ts';
import { judged, troubled } from './core/outcome.ts';
import { name, strong, words } from './core/rich-text.ts';
import { parseListing } from './core/sync-record.ts';
import type { Instant } from './core/time.ts';
import { counted } from './core/wording.ts';
import { SyncAlertsError } from './errors.ts';
import type { Deadline } from './http/deadline.ts';
import type { Ports } from './ports.ts';
import type { ReportSettings } from './report.ts';
import { compose } from './slack/compose.ts';
import { timetable } from './timetable.ts';

/** What one step of the test gave. */
export interface Step {
  readonly step: 'secret' | 'listing' | 'memory' | 'slack';
  readonly ok: boolean;
  /** What came, or what is wrong and what to do. */
  readonly said: string;
  readonly tookMs: number;
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
  const { place } = settings;
  const times = timetable(settings.killedAfterSeconds);
  const now = ports.now();
  const tried = [
    secret,
    ...(await Promise.all([
      step('listing', () => list(ports, settings, times.listing, now)),
      step('memory', () => recall(ports)),
    ])),
  ];
  const slack = await step('slack', () => post(ports, messageOf(tried, settings, now), times.posting));
  const steps = [...tried, slack];
  if (steps.every(({ ok }) => ok)) {
    const { environment, organisation } = place;
    return { kind: 'test', at: new Date(now).toISOString(), environment, organisation, steps };
  }
  const said = steps.map(({ step, ok, said }) => `${step}: ${ok ? 'ok' : 'FAILED'}: ${said}`);
  throw new SyncAlertsError('test_failed', `the test of ${place.environment} failed\n${said.join('\n')}`);
}

async function list(
  { listing }: Ports,
  { policy, place }: ReportSettings,
  deadline: Deadline,
  now: Instant,
): Promise<string> {
  const listed = await listing.list(deadline);
  const look = lookAt(parseListing(listed), NOTHING_REMEMBERED.facts, policy, now);
  const [error] = blindness({ listed, look }, place.organisation);
  if (error !== undefined) throw error;
  const found = judged(look, policy);
  return `${counted(found.listed, 'sync')} of ${place.organisation}: ${found.healthy} healthy, ${troubled(found)} in trouble`;
}

async function recall({ memory }: Ports): Promise<string> {
  const { memory: recalled, version } = await memory.recall();
  if (version === 0) return 'nothing remembered yet: the first check is still to come';
  const open = Object.values(recalled.facts.alerts).filter(({ state }) => state === 'firing');
  return `written ${counted(version, 'time')}, ${counted(open.length, 'alert')} open`;
}

async function post({ slack }: Ports, digest: Digest, deadline: Deadline): Promise<string> {
  for (const message of compose(digest)) {
    const posted = await slack.post(message, deadline);
    if (posted.kind !== 'accepted') throw posted.error;
  }
  return 'the message was posted';
}

function messageOf(steps: readonly Step[], { place }: ReportSettings, now: Instant): Digest {
  const failed = steps.filter(({ ok }) => !ok).length;
  const items = steps.map(({ step, ok, said, tookMs }) => ({
    mark: ok ? ('good' as const) : ('critical' as const),
    title: [strong(step), words(ok ? ` works, ${tookMs} ms` : ` does not work, ${tookMs} ms`)],
    // An error may quote what came from outside.
    detail: [name(said, LONGEST_SAID)],
    tells: [],
  }));
  return {
    environment: place.environment,
    headline:
      failed === 0 ? 'sync-alerts is wired up' : `sync-alerts: ${counted(failed, 'step')} of the test failed`,
    sections: [{ title: 'Test, asked for by hand', items }],
    context: contextLine('This message is the proof that Slack can be reached', place, now),
    moreHint: place.moreHint,
  };
}

const LONGEST_SAID = 400;

/** Runs a step and takes its time; a failure of ours is what it gave. */
export async function step(name: Step['step'], run: () => Promise<string>): Promise<Step> {
  const started = performance.now();
  const done = (ok: boolean, said: string): Step => ({
    step: name,
    ok,
    said,
    tookMs: Math.round(performance.now() - started),
  });
  try {
    return done(true, await run());
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    return done(false, error.message);
  }
}
