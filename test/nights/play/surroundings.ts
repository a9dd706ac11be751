import { STATUS_CODES } from 'node:http';
import type { ListingFailure } from '../../../lambda/core/listing.ts';
import { parsePolicy } from '../../../lambda/core/parse/parse-policy.ts';
import { parseSync } from '../../../lambda/core/parse/parse-sync.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import { SyncAlertsError } from '../../../lambda/errors.ts';
import type { PostResult } from '../../../lambda/slack/webhook.ts';
import type { ListingResult } from '../../../lambda/timbal/listing-source.ts';
import type { ListingMode, Minute, Night, SlackMode } from '../notation/night.ts';
import { matcherOf } from '../world/subject.ts';
import type { SyncLife } from '../world/sync-life.ts';
import type { World } from '../world/world.ts';

/** What surrounds the platform at some minute of a night: the API, Slack and the policy. */
export interface Surroundings {
  readonly listing: ListingMode;
  /** How a destination answers, by its name. */
  readonly answers: (destination: string) => SlackMode;
  readonly policy: Policy;
}

/** The surroundings at a minute, after the events of that minute. */
export function surroundingsAt(night: Night, minute: Minute): Surroundings {
  let listing: ListingMode = { kind: 'works' };
  const modes = new Map<string, SlackMode>();
  let { policy } = night;
  for (const { at, event } of night.events) {
    if (at > minute) break;
    if (event.kind === 'listing') listing = event.mode;
    else if (event.kind === 'slack') modes.set(event.destination ?? 'default', event.mode);
    else if (event.kind === 'policy') policy = event.policy;
  }
  const answers = (destination: string) => modes.get(destination) ?? 'works';
  return { listing, answers, policy: policyOf(policy, night) };
}

/** Of each night by what was written: parsing it takes as long as a check that finds nothing new. */
const policies = new WeakMap<Night, Map<unknown, Policy>>();

/** @throws Error for a policy with faults: the parser of nights lets none pass. */
function policyOf(written: unknown, night: Night): Policy {
  const ofNight = policies.get(night) ?? new Map<unknown, Policy>();
  policies.set(night, ofNight);
  const known = ofNight.get(written);
  if (known !== undefined) return known;
  const parsed = parsePolicy(written, night.periodMinutes * 60);
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  ofNight.set(written, parsed.policy);
  return parsed.policy;
}

const REQUEST = 'GET https://api.timbal.ai/orgs/acme/connectors/syncs';
const REFUSED = [401, 403];

/** The answer to a request for the listing, as the adapter of the API gives it. */
export function listed(
  mode: ListingMode,
  { night, world, now }: { readonly night: Night; readonly world: World; readonly now: number },
): ListingResult {
  const failure = failureOf(mode);
  if (failure !== undefined) {
    const message = `could not list the syncs of organisation "acme": sent ${REQUEST}, received ${failure.received}`;
    const error = new SyncAlertsError(`listing_${failure.kind}`, message);
    return { ok: false, requestedAt: now, failure, error };
  }
  const isLacking = mode.kind === 'lacks' ? matcherOf(mode.subject) : () => mode.kind === 'empty';
  const { connectorFilter: filter, midnight } = night;
  const isListed = (life: SyncLife) => !isLacking(life) && (filter ?? life.connector) === life.connector;
  return {
    ok: true,
    requestedAt: now,
    request: REQUEST,
    syncs: world.records(midnight, isListed).map(parseSync),
  };
}

function failureOf(mode: ListingMode): ListingFailure | undefined {
  switch (mode.kind) {
    case 'works':
    case 'empty':
    case 'lacks':
      return undefined;
    case 'times_out':
      return { kind: 'failed', request: REQUEST, received: 'no response within 15 s, 4 attempts' };
    case 'not_json':
      return { kind: 'malformed', request: REQUEST, received: '200 with a body that is not JSON' };
    case 'status': {
      const { status, message } = mode;
      const isRefused = REFUSED.includes(status);
      const quote = message === undefined ? '' : ` (${message})`;
      const attempts = isRefused ? '' : ', 4 attempts';
      const received = `${status} ${STATUS_CODES[status] ?? ''}`.trim() + quote + attempts;
      return { kind: isRefused ? 'refused' : 'failed', request: REQUEST, received };
    }
  }
}

/** What Slack answers to a post, the `number`th of its check. */
export function answerOf(mode: SlackMode, number: number): PostResult {
  switch (mode) {
    case 'answers_one':
      return answerOf(number === 1 ? 'works' : 'silent', number);
    case 'works':
      return { kind: 'accepted' };
    case 'refuses':
      return {
        kind: 'refused',
        invalidPayload: false,
        error: new SyncAlertsError('slack_refused', 'slack webhook "default" answered 404 no_service'),
      };
    case 'silent':
      return {
        kind: 'unconfirmed',
        error: new SyncAlertsError('slack_unconfirmed', 'slack webhook "default" did not answer in time'),
      };
  }
}
