import { inspect } from 'node:util';
import fc from 'fast-check';
import { check } from '../../lambda/commands/check.ts';
import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { report } from '../../lambda/commands/report.ts';
import { type Policy, parsePolicy } from '../../lambda/core/policy.ts';
import { minimalText, plainText } from '../../lambda/core/render/blocks.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { parseEvent } from '../../lambda/invocation/event.ts';
import { parseSecret } from '../../lambda/secret/secret-values.ts';
import { checkWebhookUrl } from '../../lambda/slack/webhook-url.ts';
import { decode, encode } from '../../lambda/state/document.ts';
import { StateError } from '../../lambda/state/errors.ts';
import type { LoadedState } from '../../lambda/state/state-store.ts';
import { TimbalListing } from '../../lambda/timbal/listing.ts';
import { ListingError } from '../../lambda/timbal/listing-error.ts';
import { parsePage } from '../../lambda/timbal/page.ts';
import {
  aFailingRecord,
  aRecord,
  HOUR,
  MINUTE,
  refusal,
  START,
  settings,
  UNCERTAIN,
  World,
} from '../commands/a-world.ts';
import { faultsOf, markupFaults } from '../core/render/block-kit-validator.ts';
import { aDocument, type Json } from '../state/a-document.ts';
import { memories } from '../state/a-state.ts';
import { damaged, junk, mutated } from './mutations.ts';

/** A parser, what is thrown at it, and what has to hold: it answers or refuses as it promises, else this throws. */
export interface Target {
  readonly name: string;
  /** Runs cases, and answers what came of them; a failure is told with what repeats it. */
  readonly run: (cases: number, seed: number) => Promise<PeerCount>;
}

export interface PeerCount {
  readonly cases: number;
  /** How many of the inputs were taken; the others were refused with a typed error. */
  readonly taken: number;
  readonly failure?: string;
}

type Verdict = 'taken' | 'refused';

function target<T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  survives: (input: T) => Verdict | Promise<Verdict>,
): Target {
  return {
    name,
    run: async (cases, seed) => {
      let taken = 0;
      const property = fc.asyncProperty(inputs, async (input) => {
        if ((await survives(input)) === 'taken') taken += 1;
      });
      const details = await fc.check(property, { numRuns: cases, seed });
      const report = fc.defaultReportMessage(details);
      if (report === undefined) return { cases, taken };
      return { cases: details.numRuns, taken, failure: `${report}\n${inspect(details.errorInstance)}` };
    },
  };
}

const RECORDS: readonly Json[] = [
  json(aRecord(START)),
  json(aFailingRecord(START, { id: 'invoices', name: 'invoices', consecutive_failures: 3 })),
  json(aRecord(START, { id: 7, enabled: false, disabled_reason: 'ten failures', next_run_at: null })),
  json(aRecord(START, { id: 'old', last_success_at: '2026-11-20T00:00:00Z', seconds_since_success: 1e5 })),
  json(aRecord(START, { id: 'new', last_success_at: null, seconds_since_success: null, last_state: null })),
  json(aRecord(START, { id: 'busy', last_state: 'running', last_run_at: '2026-11-24T08:59:00Z' })),
];
const PAGE = JSON.stringify({ syncs: RECORDS, next_page_token: null });
const SECRET = {
  timbalApiKey: 'the-key-of-this-test',
  timbalOrgId: 'acme',
  slackWebhookUrl: 'https://hooks.slack.com/services/T0/B0/the-token',
  slackWebhooks: { data: 'https://hooks.slack.com/services/T0/B1/another-token' },
};
const EVENTS: readonly Json[] = [
  { command: 'check', dryRun: true, scheduledAt: '2026-11-24T09:00:00Z' },
  { command: 'report', post: false },
  { command: 'test' },
  { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} },
];
const POLICY: Json = {
  stallAfterIntervals: 3,
  criticalAfterIntervals: 24,
  grace: '5m',
  pendingFor: '10m',
  successStates: ['Success'],
  inProgressStates: ['syncing'],
  stoppedStates: ['aborted'],
  repeatInterval: '8h',
  pausedRepeatInterval: '30d',
  groupInterval: '30m',
  listingFailureFor: '20m',
  exclude: [{ match: { name: 'tmp_*' }, reason: 'scratch tables' }],
  overrides: [
    { match: { id: 'old', connector: 'p*' }, grace: '1h', pendingFor: '2h', stallAfterIntervals: 2 },
  ],
};

const records = fc.oneof(mutated([...RECORDS]), mutated([...RECORDS, ...RECORDS]), junk);
const answers: fc.Arbitrary<Answers> = fc.array(
  fc.constantFrom('accepted', 'refused', 'form', 'unconfirmed'),
  {
    maxLength: 6,
  },
);
type Answers = readonly ('accepted' | 'refused' | 'form' | 'unconfirmed')[];

export const TARGETS: readonly Target[] = [
  target(
    'the page of a listing, and the check of what is on it',
    fc.record({
      text: fc.oneof(
        damaged(PAGE),
        mutated({ syncs: RECORDS, next_page_token: 'more' }).map((page) => JSON.stringify(page)),
        fc.string({ unit: 'binary' }),
      ),
      answers,
    }),
    async ({ text, answers }) => {
      let page: ReturnType<typeof parsePage>;
      try {
        page = parsePage(text);
      } catch (error) {
        if (error instanceof ListingError) return 'refused';
        throw error;
      }
      await live(page.records, answers);
      return 'taken';
    },
  ),
  target('the records of a listing, by a whole check', fc.record({ records, answers }), async (given) => {
    const shown: unknown = given.records;
    if (!Array.isArray(shown)) return 'refused';
    await live(shown, given.answers);
    return 'taken';
  }),
  target(
    'the event',
    fc.oneof(
      fc.anything({ withBigInt: true, withSparseArray: true, withNullPrototype: true }),
      junk,
      ...EVENTS.map(mutated),
    ),
    (event) => {
      const parsed = parseEvent(event);
      if (parsed.ok)
        return ['check', 'report', 'test'].includes(parsed.command.command) ? 'taken' : fails('what?');
      if (parsed.error.length > 5000) fails(`an error of ${parsed.error.length} characters`);
      return 'refused';
    },
  ),
  target(
    'the secret, and what is made with it',
    fc.oneof(
      damaged(JSON.stringify(SECRET)),
      mutated(json(SECRET)).map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }),
    ),
    secretSurvives,
  ),
  target(
    'the policy, and a check by it',
    fc.oneof(mutated(POLICY), mutated(POLICY), junk, fc.anything()),
    async (written) => {
      const parsed = parsePolicy(written);
      if (!parsed.ok) return parsed.faults.length > 0 ? 'refused' : fails('no fault is named');
      await live(RECORDS, [], { policy: parsed.policy });
      return 'taken';
    },
  ),
  target(
    'the memory, and the checks after it',
    fc.record({
      stored: fc.oneof(
        mutated(aDocument()),
        memories().map((state) => encode(state, 3)),
        memories().chain((state) => mutated(json(encode(state, 3)))),
        damaged(JSON.stringify(aDocument())).map(parsedOr),
        fc.anything(),
      ),
      answers,
    }),
    async ({ stored, answers }) => {
      let loaded: LoadedState;
      try {
        loaded = decode(stored, 'the memory of this test');
      } catch (error) {
        if (error instanceof StateError) return 'refused';
        throw error;
      }
      await live(RECORDS, answers, { loaded });
      return 'taken';
    },
  ),
];

/**
 * Looks at these records in a row of checks, with others and none between them, and holds each check to what it
 * promises: an outcome or `CheckFailed`, messages that Slack takes, and memories that can be read again as they are.
 */
async function live(
  records: readonly unknown[],
  slack: Answers,
  { policy, loaded }: { readonly policy?: Policy; readonly loaded?: LoadedState } = {},
): Promise<void> {
  const world = new World();
  // The shortest: a check of this length leaves no timer behind for long.
  const given = settings({ remainingSeconds: 9, ...(policy && { policy }) });
  if (loaded !== undefined) world.stored = loaded;
  for (const answer of slack) if (answer !== 'accepted') world.answers.push(ANSWERS[answer]);
  const before = world.stored;
  const looks: readonly (readonly [minutes: number, shown: readonly unknown[]])[] = [
    [0, records],
    [5, records],
    [5, RECORDS],
    [5, []],
    [60, records],
    [25 * 60, [aRecord(START + 26 * HOUR)]],
  ];
  for (const [minutes, shown] of looks) {
    world.now += minutes * MINUTE;
    world.shown = shown;
    try {
      const outcome = await check(world.ports, given);
      JSON.stringify(outcome);
    } catch (error) {
      if (!(error instanceof CheckFailed)) throw error;
    }
  }
  await report(world.ports, given, true).catch((error: unknown) => {
    if (!(error instanceof SyncAlertsError)) throw error;
  });
  for (const message of world.posted) {
    const faults = [
      ...faultsOf(message),
      ...markupFaults(plainText(message)),
      ...markupFaults(minimalText(message)),
    ];
    if (faults.length > 0) fails(faults.join('; '));
  }
  for (const state of world.writes) {
    const written = JSON.stringify(state);
    const stored: unknown = JSON.parse(JSON.stringify(encode(state, 1)));
    if (JSON.stringify(decode(stored, 'what was written').state) !== written)
      fails('what was written is read as something else');
  }
  if (world.stored === before && world.writes.length > 0) fails('a write was lost');
}

const ANSWERS = { refused: refusal(), form: refusal({ form: true }), unconfirmed: UNCERTAIN } as const;

async function secretSurvives(text: string): Promise<Verdict> {
  const parsed = parseSecret(text);
  if (!parsed.ok) {
    const said = parsed.faults.join('\n');
    for (const value of ['the-key-of-this-test', 'the-token', 'another-token'])
      if (said.includes(value)) fails(`a fault holds a value: ${said}`);
    return parsed.faults.length > 0 ? 'refused' : fails('no fault is named');
  }
  const { apiKey, organisation, webhookUrl, webhookUrls } = parsed.values;
  for (const url of [webhookUrl, ...Object.values(webhookUrls)])
    if (!checkWebhookUrl(url).ok) fails('a webhook was taken that cannot be posted to');
  const key = { read: async () => apiKey, readFresh: async () => apiKey };
  const baseUrl = 'https://api.example';
  let listing: TimbalListing;
  try {
    listing = new TimbalListing({ baseUrl, organisation, apiKey: key, now: () => START });
  } catch (error) {
    if (error instanceof SyncAlertsError) return 'refused';
    throw error;
  }
  const signal = new AbortController().signal;
  const listed = await withoutNetwork(() => listing.list({ signal, leftMs: () => 0 }));
  // Of an organisation that is called like the key, its name is said.
  const isSecret = apiKey.length > 8 && !organisation.includes(apiKey);
  if (!listed.ok && isSecret && listed.error.message.includes(apiKey)) fails('an error holds the key');
  return 'taken';
}

/** Every request is refused, in words that repeat it. */
async function withoutNetwork<T>(run: () => Promise<T>): Promise<T> {
  const real = globalThis.fetch;
  globalThis.fetch = async (request, init) => {
    const headers = new Headers(init?.headers ?? (request instanceof Request ? request.headers : {}));
    const message = `no: ${headers.get('authorization')}`;
    return Response.json({ code: 'refused', message }, { status: 400 });
  };
  try {
    return await run();
  } finally {
    globalThis.fetch = real;
  }
}

function json(value: unknown): Json {
  const copied: Json = JSON.parse(JSON.stringify(value));
  return copied;
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fails(why: string): never {
  throw new Error(why);
}
