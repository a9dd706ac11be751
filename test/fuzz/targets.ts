import { inspect } from 'node:util';
import fc from 'fast-check';
import { redactCredentials } from '../../lambda/core/credentials.ts';
import { globMatches } from '../../lambda/core/matcher.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { INITIAL_STATE } from '../../lambda/core/state.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { parseEvent } from '../../lambda/invocation/event.ts';
import { parseSecret } from '../../lambda/secret/secret-values.ts';
import { checkWebhookUrl } from '../../lambda/slack/webhook-url.ts';
import { decode, encode } from '../../lambda/state/document.ts';
import { StateError } from '../../lambda/state/errors.ts';
import { decodeSilences } from '../../lambda/state/silence-document.ts';
import type { LoadedState } from '../../lambda/state/state-store.ts';
import { TimbalListing } from '../../lambda/timbal/listing.ts';
import { ListingError } from '../../lambda/timbal/listing-error.ts';
import { type Page, PageReader } from '../../lambda/timbal/page.ts';
import { START } from '../commands/a-world.ts';
import { anyText } from '../core/any-text.ts';
import { aDocument } from '../state/a-document.ts';
import { anyState } from '../state/a-state.ts';
import { damaged, junk, mutated } from './mutations.ts';
import { runChecks, type SlackAnswers } from './run-checks.ts';
import {
  EVENTS,
  json,
  PAGE,
  POLICY,
  RECORDS,
  ROUTED_POLICY,
  SECRET,
  SECRET_VALUES,
  SILENCES,
} from './samples.ts';

/** A parser and its inputs. It must accept an input, or reject it with a typed error. */
export interface Target {
  readonly name: string;
  readonly run: (cases: number, seed: number) => Promise<FuzzResult>;
}

export interface FuzzResult {
  readonly cases: number;
  /** How many inputs the parser accepted; it rejected the others with a typed error. */
  readonly accepted: number;
  /** The first case that failed, with the seed and the path that repeat it. */
  readonly failure?: string;
}

type Result = 'accepted' | 'rejected';

/** @param parse Parses an input and uses the value. It throws when the parser or the value breaks a promise. */
function target<T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  parse: (input: T) => Result | Promise<Result>,
): Target {
  return {
    name,
    run: async (cases, seed) => {
      let accepted = 0;
      const property = fc.asyncProperty(inputs, async (input) => {
        if ((await parse(input)) === 'accepted') accepted += 1;
      });
      const details = await fc.check(property, { numRuns: cases, seed });
      const report = fc.defaultReportMessage(details);
      if (report === undefined) return { cases, accepted };
      return { cases: details.numRuns, accepted, failure: `${report}\n${inspect(details.errorInstance)}` };
    },
  };
}

const records = fc.oneof(mutated([...RECORDS]), mutated([...RECORDS, ...RECORDS]), junk);
const answers: fc.Arbitrary<SlackAnswers> = fc.array(
  fc.constantFrom('accepted', 'refused', 'payload refused', 'unconfirmed'),
  { maxLength: 6 },
);

/** Few letters, so that patterns and texts often match. */
const patternOrText = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 12 });

export const TARGETS: readonly Target[] = [
  target(
    'a page of the listing, and checks of its records',
    fc.record({
      text: fc.oneof(
        damaged(PAGE),
        mutated({ syncs: RECORDS, next_page_token: 'more' }).map((page) => JSON.stringify(page)),
        anyText(),
      ),
      answers,
    }),
    async ({ text, answers }) => {
      const reader = new PageReader(() => (record) => record);
      let page: Page<unknown>;
      try {
        reader.push(Buffer.from(text));
        page = reader.end();
      } catch (error) {
        if (error instanceof ListingError) return 'rejected';
        throw error;
      }
      await runChecks({ records: page.records, answers });
      return 'accepted';
    },
  ),
  target('the records of a listing', fc.record({ records, answers }), async ({ records, answers }) => {
    if (!Array.isArray(records)) return 'rejected';
    await runChecks({ records, answers });
    return 'accepted';
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
      if (parsed.ok) {
        const { command } = parsed.command;
        return ['check', 'report', 'test'].includes(command) ? 'accepted' : fail(`command ${command}`);
      }
      if (parsed.error.length > 5000) fail(`an error of ${parsed.error.length} characters`);
      return 'rejected';
    },
  ),
  target(
    'the secret, and a listing with its key',
    fc.oneof(
      damaged(JSON.stringify(SECRET)),
      mutated(SECRET).map((value) => JSON.stringify(value)),
      anyText(),
    ),
    useSecret,
  ),
  target(
    'the policy, and checks with it',
    fc.oneof(mutated(POLICY), mutated(POLICY), mutated(ROUTED_POLICY), junk, fc.anything()),
    async (written) => {
      const parsed = parsePolicy(written);
      if (!parsed.ok) return parsed.faults.length > 0 ? 'rejected' : fail('no fault is named');
      await runChecks({ policy: parsed.policy });
      return 'accepted';
    },
  ),
  target(
    'a stored silence, and checks under it',
    fc.oneof(...SILENCES.map(mutated), junk, fc.anything()),
    async (document) => {
      const silences = decodeSilences([{ id: 'k3f9', document }]);
      if (silences?.known.length !== 1) {
        if (silences?.unknown.join() !== 'k3f9') fail('a silence that cannot be read is not named');
        return 'rejected';
      }
      await runChecks({ loaded: { state: INITIAL_STATE, version: 0, silences } });
      return 'accepted';
    },
  ),
  target(
    'a pattern of a matcher',
    fc.record({ pattern: patternOrText, text: patternOrText }),
    ({ pattern, text }) => {
      const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
      const expected = new RegExp(`^${parts.join('.*')}$`, 's').test(text);
      if (globMatches(pattern, text) !== expected) fail(`${pattern} and ${text}`);
      return expected ? 'accepted' : 'rejected';
    },
  ),
  target(
    'credentials in a text',
    fc.record({
      before: anyText(),
      text: fc.oneof(damaged('x password="hunter2" a://u:p@h; token: b'), fc.string()),
    }),
    ({ before, text }) => {
      const redacted = redactCredentials(`${before} postgres://app:hunter2@db ${text}`);
      if (redacted.includes('app:hunter2')) fail('a password survived');
      return redactCredentials(text) === text ? 'rejected' : 'accepted';
    },
  ),
  target(
    'the state, and checks after it',
    fc.record({
      stored: fc.oneof(
        mutated(aDocument()),
        anyState().map((state) => encode(state, 3)),
        anyState().chain((state) => mutated(json(encode(state, 3)))),
        damaged(JSON.stringify(aDocument())).map(parsedOrText),
        fc.anything(),
      ),
      answers,
    }),
    async ({ stored, answers }) => {
      let loaded: LoadedState;
      try {
        loaded = decode(stored, 'the state of this test');
      } catch (error) {
        if (error instanceof StateError) return 'rejected';
        throw error;
      }
      await runChecks({ answers, loaded });
      return 'accepted';
    },
  ),
];

async function useSecret(text: string): Promise<Result> {
  const parsed = parseSecret(text);
  if (!parsed.ok) {
    const faults = parsed.faults.join('\n');
    for (const value of SECRET_VALUES)
      if (faults.includes(value)) fail(`a fault contains a secret value: ${faults}`);
    return parsed.faults.length > 0 ? 'rejected' : fail('no fault is named');
  }
  const { apiKey, organisation, webhookUrl, furtherWebhookUrls } = parsed.values;
  for (const url of [webhookUrl, ...Object.values(furtherWebhookUrls)])
    if (!checkWebhookUrl(url).ok) fail('the parser accepted a webhook URL that the webhook rejects');
  const key = { read: async () => apiKey, readFresh: async () => apiKey };
  const baseUrl = 'https://api.example';
  let listing: TimbalListing;
  try {
    listing = new TimbalListing({ baseUrl, organisation, apiKey: key, now: () => START });
  } catch (error) {
    if (error instanceof SyncAlertsError) return 'rejected';
    throw error;
  }
  const signal = new AbortController().signal;
  const listed = await withoutNetwork(() => listing.list({ signal, remainingMs: () => 0 }));
  // Errors contain the name of the organisation, and that may contain the key.
  const isSecret = apiKey.length > 8 && !organisation.includes(apiKey);
  if (!listed.ok && isSecret && listed.error.message.includes(apiKey)) fail('an error contains the key');
  return 'accepted';
}

/** The API refuses every request, and its response repeats the key. */
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

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fail(problem: string): never {
  throw new Error(problem);
}
