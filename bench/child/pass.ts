import { evaluate } from '../../lambda/core/diagnose/evaluation.ts';
import { writeDigest } from '../../lambda/core/digest/write-digest.ts';
import { destinationAt, withDestinations } from '../../lambda/core/notify/destinations.ts';
import { isEmptyPlan } from '../../lambda/core/notify/notification.ts';
import { planNotifications } from '../../lambda/core/notify/plan.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { parseSync } from '../../lambda/core/parse/parse-sync.ts';
import { DEFAULT_DESTINATION } from '../../lambda/core/policy.ts';
import { slackMessages } from '../../lambda/core/render/slack-messages.ts';
import { hasChanged, nextState } from '../../lambda/core/save/next-state.ts';
import { INITIAL_STATE } from '../../lambda/core/state.ts';
import { track } from '../../lambda/core/track/track.ts';
import { redactedText, secretTexts } from '../../lambda/secret/redaction.ts';
import { decode, encode } from '../../lambda/state/document.ts';
import { PageReader } from '../../lambda/timbal/page.ts';
import { recordRedaction } from '../../lambda/timbal/redacted-record.ts';
import { listingBody } from '../syncs.ts';

/*
 * In: SYNCS UNHEALTHY ROUNDS. Out: a line of JSON for each round, with the milliseconds of one pass over a listing, from
 * its bytes to the Slack messages, and of `JSON.parse` of the same text.
 * bench/sections/pure-pass.ts starts it, bundled, on the deployed version of Node.js.
 */

const [syncs = 0, unhealthy = 0, rounds = 0] = process.argv.slice(2).map(Number);
const parsed = parsePolicy({});
if (!parsed.ok) throw new Error('the default policy is invalid');
const { policy } = parsed;
const now = Date.UTC(2026, 10, 24, 9);
const bytes = listingBody({ syncs, unhealthy, at: now });
const text = bytes.toString();
const secrets = secretTexts('key-of-the-bench', [
  'https://hooks.slack.com/services/T00000000/B00000000/bench',
]);
const redact = (part: string) => redactedText(part, secrets);
const origin = { environment: 'bench', organisation: 'bench', moreHint: 'npm start -- --json' };

for (let round = 0; round < rounds; round += 1) {
  const [parseMs] = timed((): unknown => JSON.parse(text));
  const [passMs, state] = timed(pass);
  const [encodeMs, document] = timed(() => JSON.stringify(encode(state, 1)));
  const [decodeMs] = timed(() => decode(JSON.parse(document), 'the state'));
  const stateBytes = document.length;
  process.stdout.write(`${JSON.stringify({ parseMs, passMs, encodeMs, decodeMs, stateBytes })}\n`);
}

function pass() {
  const state = INITIAL_STATE;
  const reader = new PageReader((part) => {
    const redacted = recordRedaction(part, redact);
    return (record) => parseSync(redacted(record));
  });
  reader.push(bytes);
  const { records } = reader.end();
  const evaluation = evaluate({ ok: true, request: 'GET', syncs: records }, state.facts, { policy, now });
  const facts = track(state.facts, evaluation, { policy, initialRun: true });
  const key = { route: DEFAULT_DESTINATION, id: 'bench' };
  const { plan, destination } = planNotifications(facts, destinationAt(state.routes, key), {
    evaluation,
    policy,
    initialRun: true,
    policyChanged: false,
  });
  if (!isEmptyPlan(plan)) slackMessages(writeDigest(plan, { facts, evaluation, origin, initialRun: true }));
  const routes = withDestinations(state.routes, [{ key, destination }]);
  const next = nextState(state, { facts, routes, evaluation, listedAt: now, policyId: 'bench' });
  hasChanged(state, next);
  return next;
}

function timed<T>(run: () => T): readonly [number, T] {
  const startedMs = performance.now();
  const result = run();
  return [performance.now() - startedMs, result];
}
