// In: the ports, the settings, and what the host knows of itself.
// Out: the result of each step, or TestFailed with it.
// Called by: invocation/run-command.ts for `npm run invoke -- <environment> test`; cli/run-test.ts for `npm start -- test`.
import { openAlerts } from '../core/alert.ts';
import { type Evaluation, evaluate } from '../core/diagnose/evaluation.ts';
import { ruleNotes } from '../core/diagnose/rule-notes.ts';
import { tally } from '../core/diagnose/tally.ts';
import { countsText } from '../core/digest/counts-text.ts';
import type { Digest, Origin } from '../core/digest/digest.ts';
import { strong, untrusted, words } from '../core/digest/rich-text.ts';
import { pluralize, skewText } from '../core/digest/wording.ts';
import { contextLine } from '../core/digest/write-digest.ts';
import type { Policy } from '../core/policy.ts';
import { INITIAL_STATE, NEW_DESTINATION } from '../core/state.ts';
import type { Instant } from '../core/time.ts';
import type { DestinationPort } from '../destinations/destination-port.ts';
import { slackDestination } from '../destinations/slack-destination.ts';
import { SyncAlertsError } from '../errors.ts';
import type { Deadline } from '../http/deadline.ts';
import type { ListingResult } from '../timbal/listing-source.ts';
import { startDeadlines } from './deadlines.ts';
import type { CommandSettings, Ports } from './ports.ts';
import { listingErrors } from './summarize.ts';

/** The result of one step of the test. */
export interface Step {
  readonly step: 'secret' | 'key' | 'listing' | 'clock' | 'state' | 'slack' | `to ${string}`;
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
  /** Whether every step worked. */
  readonly passed: boolean;
  readonly steps: readonly Step[];
}

/** What the host of a test knows of itself. */
export interface TestedHost {
  /** Steps that ran before: the ports of a deployment need its secret. */
  readonly before: readonly Step[];
  /** "the table SyncAlerts-prod". */
  readonly stateLabel: string;
  /** Why nothing is posted to the destination `default`, and the fix; absent when the test posts. */
  readonly notPosted?: string;
  /** The same of the other destinations. */
  readonly othersNotPosted?: string;
}

/** Thrown by a test of which a step failed. */
export class TestFailed extends SyncAlertsError {
  readonly tested: Tested;

  constructor(tested: Tested) {
    const results = tested.steps.map(
      ({ step, ok, message }) => `${step}: ${ok ? 'ok' : 'FAILED'}: ${message}`,
    );
    super('test_failed', `the test of ${tested.environment} failed\n${results.join('\n')}`);
    this.tested = tested;
  }
}

/**
 * Tests a watch: lists the syncs, loads the state, and posts a message with the results. Every step runs even if others
 * fail, so that one test shows everything that is wrong. It writes nothing.
 *
 * @throws TestFailed with the result of every step, when one failed.
 */
export async function testDeployment(
  ports: Ports,
  settings: CommandSettings,
  { before, stateLabel, notPosted, othersNotPosted }: TestedHost,
): Promise<Tested> {
  const deadlines = startDeadlines(settings.remainingSeconds);
  const now = ports.now();
  const [listing, state] = await Promise.all([
    list(ports, settings, { deadline: deadlines.listing, now }),
    runStep('state', () => load(ports, stateLabel)),
  ]);
  const tested = [...before, ...listing, state];
  const digest = digestOf(tested, settings, now);
  const { slack, destinations = {} } = ports;
  const post = (port: DestinationPort) => postTo(port, { digest, now, deadline: deadlines.posting });
  const posted = await Promise.all([
    runStep('slack', async () => notPosted ?? (await post(slackDestination(slack)))),
    ...Object.entries(destinations).map(([name, port]) =>
      runStep(`to ${name}`, async () => othersNotPosted ?? (await post(port))),
    ),
  ]);
  const steps = [...tested, ...posted];
  const { environment, organisation } = settings.origin;
  const passed = steps.every(({ ok }) => ok);
  const at = new Date(now).toISOString();
  const result: Tested = { kind: 'test', at, environment, organisation, passed, steps };
  if (!passed) throw new TestFailed(result);
  return result;
}

/** The steps of the key, the listing and the clock, which one request tests. */
async function list(
  { listing }: Ports,
  settings: CommandSettings,
  { deadline, now }: { readonly deadline: Deadline; readonly now: Instant },
): Promise<readonly Step[]> {
  const startedMs = performance.now();
  const listed = await listing.list(deadline);
  const durationMs = Math.round(performance.now() - startedMs);
  const isRefused = !listed.ok && listed.failure.kind === 'refused';
  const found = resultOf(listed, settings, now);
  const result = isRefused ? { ok: false, message: 'not listed: the key was refused' } : found;
  return [
    { step: 'key', ...keyResult(listed), durationMs },
    { step: 'listing', ...result, durationMs },
    { step: 'clock', ok: true, message: clockText(listed), durationMs },
  ];
}

type Result = Pick<Step, 'ok' | 'message'>;

function keyResult(listed: ListingResult): Result {
  if (listed.ok) return { ok: true, message: `accepted for ${listed.request}` };
  if (listed.failure.kind === 'refused') return { ok: false, message: listed.error.message };
  return { ok: false, message: 'not tested: the API gave no usable answer' };
}

function clockText(listed: ListingResult): string {
  if (!listed.ok) return 'not compared: the API gave no listing';
  const { apiSkewSeconds } = listed;
  if (apiSkewSeconds === undefined) return "within 60 s of the API's, or the API does not say its own";
  return `${skewText(apiSkewSeconds)}, its dates are judged by it: check the time of this host`;
}

function resultOf(listed: ListingResult, { policy, origin }: CommandSettings, now: Instant): Result {
  const evaluation = evaluate(listed, INITIAL_STATE.facts, { policy, now });
  const [error] = listingErrors({ listed, evaluation }, origin.organisation);
  if (error !== undefined) return { ok: false, message: error.message };
  const counts = tally(evaluation);
  if (counts.listed === 0) return { ok: false, message: nothingListed(origin) };
  return { ok: true, message: [countsText(counts), ...noteTexts(policy, evaluation)].join('; ') };
}

function noteTexts(policy: Policy, evaluation: Evaluation): readonly string[] {
  if (evaluation.kind !== 'listed') return [];
  return ruleNotes(policy, evaluation).map(({ rule, match, note }) => `${rule} (${match}) ${note}`);
}

/** Nothing can be watched then, and no alert would ever say so. */
function nothingListed({ organisation, connectorId }: Origin): string {
  const of = connectorId === undefined ? '' : ` with connector ${JSON.stringify(connectorId)}`;
  const advice = 'Check the organisation, the API key, and the connector id if one is set';
  return `no syncs are visible in organisation ${JSON.stringify(organisation)}${of}. ${advice}`;
}

async function load({ state: store }: Ports, label: string): Promise<string> {
  const { state, version } = await store.load();
  if (version === 0) return `${label} holds no state yet: the first check has not run`;
  const written = `${label} was written ${pluralize(version, 'time')}`;
  return `${written}, ${pluralize(openAlerts(state.facts).length, 'alert')} open`;
}

interface TestPost {
  readonly digest: Digest;
  readonly now: Instant;
  readonly deadline: Deadline;
}

async function postTo(port: DestinationPort, { digest, now, deadline }: TestPost): Promise<string> {
  const id = (await port.destinationId([])) ?? 'unread';
  const { facts } = INITIAL_STATE;
  for (const message of await port.write(digest, { destination: NEW_DESTINATION, facts, now, id })) {
    const result = await message.post(deadline);
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
    failed === 0 ? 'sync-alerts is wired up' : `The test failed: ${pluralize(failed, 'step')} of sync-alerts`;
  return {
    environment: origin.environment,
    headline,
    push: [words(headline)],
    sections: [{ title: 'Steps of the test', items }],
    context: contextLine([words('This message proves that posting to Slack works')], origin, { at: now }),
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
