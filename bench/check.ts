import { evaluate } from '../lambda/core/diagnose/evaluation.ts';
import { writeDigest } from '../lambda/core/digest/write-digest.ts';
import { planNotifications } from '../lambda/core/notify/plan.ts';
import { parsePolicy } from '../lambda/core/parse/parse-policy.ts';
import { parseSync } from '../lambda/core/parse/parse-sync.ts';
import { slackMessages } from '../lambda/core/render/slack-messages.ts';
import { hasChanged, nextState } from '../lambda/core/save/next-state.ts';
import { INITIAL_STATE, routeOf } from '../lambda/core/state.ts';
import type { Instant } from '../lambda/core/time.ts';
import { track } from '../lambda/core/track/track.ts';

/**
 * `npm run bench`: measures one check from the parsed JSON to the Slack messages. The result is a multiple of the time that
 * `JSON.parse` takes for the same bytes in the same round, because machines differ.
 */
const SYNCS = 10_000;
const UNHEALTHY_SHARE = 0.01;
const ROUNDS = 30;
const ALLOWED_RATIO = 6;

const parsedPolicy = parsePolicy({});
if (!parsedPolicy.ok) throw new Error('the default policy is invalid');
const { policy } = parsedPolicy;
const now = Date.UTC(2026, 10, 24, 9);
const body = JSON.stringify({ syncs: Array.from({ length: SYNCS }, (_, index) => record(index, now)) });

const parse: number[] = [];
const check: number[] = [];
let messages = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  const started = performance.now();
  const { syncs }: { syncs: unknown[] } = JSON.parse(body);
  const parsed = performance.now();
  messages = messagesOf(syncs);
  check.push(performance.now() - parsed);
  parse.push(parsed - started);
}
const ratio = median(check.map((cost, round) => cost / (parse[round] ?? Number.NaN)));
console.log(
  `${SYNCS} syncs, ${UNHEALTHY_SHARE * 100} % unhealthy, ${Math.round(body.length / 1024)} KB, ${messages} messages, ${ROUNDS} rounds`,
);
console.log(`JSON.parse        ${median(parse).toFixed(1)} ms`);
console.log(`check             ${median(check).toFixed(1)} ms`);
console.log(`ratio             ${ratio.toFixed(2)} (allowed: ${ALLOWED_RATIO})`);
process.exitCode = ratio <= ALLOWED_RATIO ? 0 : 1;

/** Runs a first check on these records, without I/O; returns the number of messages. */
function messagesOf(syncs: readonly unknown[]): number {
  const state = INITIAL_STATE;
  const listing = {
    ok: true,
    request: 'GET /orgs/bench/connectors/syncs',
    syncs: syncs.map(parseSync),
  } as const;
  const evaluation = evaluate(listing, state.facts, { policy, now });
  const facts = track(state.facts, evaluation, { policy, initialRun: true });
  const { plan, route } = planNotifications(facts, routeOf(state), { evaluation, policy, initialRun: true, policyChanged: false });
  const origin = { environment: 'bench', organisation: 'bench', moreHint: 'npm start -- --json' };
  const messages = slackMessages(writeDigest(plan, { facts, evaluation, origin, initialRun: true }));
  if (!hasChanged(state, nextState(state, { facts, route, evaluation, listedAt: now, policyId: 'bench' })))
    throw new Error('the check changed no state');
  return messages.length;
}

function record(index: number, at: Instant): unknown {
  const isUnhealthy = index % Math.round(1 / UNHEALTHY_SHARE) === 0;
  const succeeded = at - (isUnhealthy ? 7_200 : 300) * 1000;
  return {
    id: `sync_${index}`,
    connector_id: `conn_${index % 10}`,
    source_kind: 'postgres',
    connection_ref: `pg-${index % 40}`,
    source_schema: 'public',
    source_table: `orders_${index}`,
    cursor_column: 'updated_at',
    kb_uid: `kb_${index % 20}`,
    dest_table: `orders_${index}`,
    interval_secs: 900,
    enabled: true,
    has_cursor: true,
    created_at: '2026-01-01T00:00:00.123456Z',
    updated_at: '2026-01-01T00:00:00Z',
    last_run_at: new Date(succeeded).toISOString(),
    last_success_at: new Date(succeeded).toISOString(),
    last_state: 'completed',
    name: null,
    seconds_since_success: Math.round((at - succeeded) / 1000),
  };
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
