// In: the ports, the settings, and the result of reading the secret.
// Out: the result of each step, when all worked.
// Called by: invocation/run-command.ts for `npm run invoke -- <environment> test`.
import { type Evaluation, evaluate } from '../core/diagnose/evaluation.ts';
import { ruleNotes } from '../core/diagnose/rule-notes.ts';
import { tally, unhealthyCount } from '../core/diagnose/tally.ts';
import type { Digest, Origin } from '../core/digest/digest.ts';
import { strong, untrusted, words } from '../core/digest/rich-text.ts';
import { pluralize } from '../core/digest/wording.ts';
import { contextLine } from '../core/digest/write-digest.ts';
import type { Policy } from '../core/policy.ts';
import { slackMessages } from '../core/render/slack-messages.ts';
import { INITIAL_STATE } from '../core/state.ts';
import type { Instant } from '../core/time.ts';
import { SyncAlertsError } from '../errors.ts';
import type { Deadline } from '../http/deadline.ts';
import { startDeadlines } from './deadlines.ts';
import type { CommandSettings, Ports } from './ports.ts';
import { listingErrors } from './summarize.ts';

/** The result of one step of the test. */
export interface Step {
  readonly step: 'secret' | 'listing' | 'state' | 'slack';
  readonly ok: boolean;
  /** The success in a few words, or the failure and its fix. */
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
 * Tests a deployment: lists the syncs, loads the state, and posts a message with the results. Every step runs even if
 * others fail, so that one test shows everything that is wrong. It writes nothing.
 *
 * @param secret The result of reading the secret: the ports need it, so it was read before.
 * @throws SyncAlertsError `test_failed` with the result of every step, when one failed.
 */
export async function testDeployment(ports: Ports, settings: CommandSettings, secret: Step): Promise<Tested> {
  const deadlines = startDeadlines(settings.remainingSeconds);
  const now = ports.now();
  const [listing, state] = await Promise.all([
    runStep('listing', () => list(ports, settings, { deadline: deadlines.listing, now })),
    runStep('state', () => load(ports)),
  ]);
  const digest = digestOf([secret, listing, state], settings, now);
  const slack = await runStep('slack', () => post(ports, digest, deadlines.posting));
  const steps = [secret, listing, state, slack];
  const { environment, organisation } = settings.origin;
  if (steps.every(({ ok }) => ok)) {
    return { kind: 'test', at: new Date(now).toISOString(), environment, organisation, steps };
  }
  const results = steps.map(({ step, ok, message }) => `${step}: ${ok ? 'ok' : 'FAILED'}: ${message}`);
  throw new SyncAlertsError('test_failed', `the test of ${environment} failed\n${results.join('\n')}`);
}

async function list(
  { listing }: Ports,
  { policy, origin }: CommandSettings,
  { deadline, now }: { readonly deadline: Deadline; readonly now: Instant },
): Promise<string> {
  const listed = await listing.list(deadline);
  const evaluation = evaluate(listed, INITIAL_STATE.facts, { policy, now });
  const [error] = listingErrors({ listed, evaluation }, origin.organisation);
  if (error !== undefined) throw error;
  const counts = tally(evaluation);
  if (counts.listed === 0) throw noSyncsListed(origin);
  const found = `${pluralize(counts.listed, 'sync')} of ${origin.organisation}: ${counts.healthy} healthy, ${unhealthyCount(counts)} unhealthy`;
  return [found, ...noteTexts(policy, evaluation)].join('; ');
}

function noteTexts(policy: Policy, evaluation: Evaluation): readonly string[] {
  if (evaluation.kind !== 'listed') return [];
  return ruleNotes(policy, evaluation).map(({ rule, match, note }) => `${rule} (${match}) ${note}`);
}

/** Nothing can be watched then, and no alert would ever say so. */
function noSyncsListed({ organisation, connectorId }: Origin): SyncAlertsError {
  const of = connectorId === undefined ? '' : ` with connector ${JSON.stringify(connectorId)}`;
  const advice = 'Check the organisation, the API key, and the connector id if one is set';
  return new SyncAlertsError(
    'nothing_listed',
    `no syncs are visible in organisation ${JSON.stringify(organisation)}${of}. ${advice}`,
  );
}

async function load({ state: store }: Ports): Promise<string> {
  const { state, version } = await store.load();
  if (version === 0) return 'no state yet: the first check has not run';
  const open = Object.values(state.facts.alerts).filter((alert) => alert.state === 'firing');
  return `written ${pluralize(version, 'time')}, ${pluralize(open.length, 'alert')} open`;
}

async function post({ slack }: Ports, digest: Digest, deadline: Deadline): Promise<string> {
  for (const message of slackMessages(digest)) {
    const result = await slack.post(message, deadline);
    if (result.kind !== 'accepted') throw result.error;
  }
  return 'the message was posted';
}

/** The message of the test, written before its last step: that it arrives proves the last step. */
function digestOf(steps: readonly Step[], { origin }: CommandSettings, now: Instant): Digest {
  const failed = steps.filter(({ ok }) => !ok).length;
  const items = steps.map(({ step, ok, message, durationMs }) => ({
    level: ok ? ('good' as const) : ('critical' as const),
    title: [strong(step), words(ok ? ` works, ${durationMs} ms` : ` failed, ${durationMs} ms`)],
    // An error may quote text from outside.
    detail: [untrusted(message, MAX_STEP_MESSAGE_LENGTH)],
    covers: [],
  }));
  const headline =
    failed === 0
      ? 'Test passed: sync-alerts works'
      : `Test failed: ${pluralize(failed, 'step')} of sync-alerts`;
  return {
    environment: origin.environment,
    headline,
    push: [words(headline)],
    sections: [{ title: 'Steps of the test', items }],
    context: contextLine('This message proves that posting to Slack works', origin, now),
    moreHint: origin.moreHint,
  };
}

const MAX_STEP_MESSAGE_LENGTH = 400;

/** Runs and times a step. A SyncAlertsError is its result; every other error is a defect, and is thrown. */
async function runStep(step: Step['step'], run: () => Promise<string>): Promise<Step> {
  const startedMs = performance.now();
  const result = (ok: boolean, message: string): Step => ({
    step,
    ok,
    message,
    durationMs: Math.round(performance.now() - startedMs),
  });
  try {
    return result(true, await run());
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    return result(false, error.message);
  }
}
