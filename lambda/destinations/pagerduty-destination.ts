// In: a digest, the routing key of a PagerDuty service, a deadline.
// Out: events of the Events API v2, each of which is accepted, refused or unconfirmed. Posting never rejects.
// Called by: commands/check.ts and commands/deliver.ts for a destination of the kind "pagerduty".
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type PagerDutyEvent, pagerDutyEvents } from '../core/render/pagerduty-events.ts';
import { SyncAlertsError } from '../errors.ts';
import { sendOnce } from '../http/attempt.ts';
import type { Deadline } from '../http/deadline.ts';
import { NetworkFault } from '../http/network-fault.ts';
import { RETRY_POLICY, type RequestResult, type RetryPolicy, requestWithRetries } from '../http/retries.ts';
import { isClientError, isRateLimited, isServerError } from '../http/status.ts';
import type { PostResult } from '../slack/webhook.ts';
import type { DestinationPort } from './destination-port.ts';
import { idOf, idOfSecret, type SecretValueSource } from './secret-value.ts';

export interface PagerDutyOptions {
  /** The routing key, a secret: 32 letters and digits. */
  readonly key: SecretValueSource;
  /** PagerDuty's service region. @default 'us' */
  readonly region?: 'us' | 'eu';
  readonly environment: string;
  /** @default PagerDuty's own for the region */
  readonly url?: string | undefined;
  readonly retryPolicy?: RetryPolicy | undefined;
}

const URLS = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

const ATTEMPT_TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 64 * 1024;
/** PagerDuty's limit. */
const MAX_KEY_LENGTH = 255;
/** PagerDuty counts events by the minute, and says nothing about when to come back. */
const RATE_LIMIT_SECONDS = 60;

export function pagerDutyDestination(options: PagerDutyOptions): DestinationPort {
  const { key, environment } = options;
  return {
    destinationId: (known) => idOfSecret(key, known),
    write: async (digest, context) =>
      pagerDutyEvents(digest, context).map(({ event, ...message }) =>
        event === undefined
          ? { ...message, isSilent: true, post: async () => ({ kind: 'accepted' }) }
          : { ...message, post: (deadline) => post(event, { id: context.id, deadline }) },
      ),
  };

  async function post(
    event: PagerDutyEvent,
    { id, deadline }: { readonly id: string; readonly deadline: Deadline },
  ): Promise<PostResult> {
    let routingKey: string;
    try {
      routingKey = await key.read();
    } catch (error) {
      const cause = error instanceof SyncAlertsError ? error : undefined;
      const problem = `its routing key could not be read; ${storeTheKey(key.name)}`;
      return refused(failure(key.name, { code: 'pagerduty_key_unreadable', problem, cause }));
    }
    if (idOf(routingKey) !== id) {
      const problem = 'it was exchanged during this check; the next one sends to the new service';
      return refused(failure(key.name, { code: 'pagerduty_key_exchanged', problem }));
    }
    const body = bodyOf(event, { routingKey, environment });
    const result = await send(body, deadline);
    if (event.payload === undefined || !(await isPayloadRefused(result))) return answerOf(result, key.name);
    const payload = { ...event.payload, summary: REFUSED_SUMMARY, details: '' };
    return answerOf(
      await send(bodyOf({ ...event, payload }, { routingKey, environment }), deadline),
      key.name,
    );
  }

  function send(body: unknown, deadline: Deadline): Promise<RequestResult> {
    const { region = 'us', url = URLS[region], retryPolicy = RETRY_POLICY } = options;
    const headers = { 'content-type': 'application/json' };
    return requestWithRetries(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }), {
      retryPolicy,
      deadline,
      send: (request) =>
        sendOnce(request, {
          signal: deadline.signal,
          attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
          maxBytes: MAX_RESPONSE_BYTES,
          onIncompleteBody: 'keep',
        }),
      // An event with the same key is the same alert to PagerDuty, so any event may be sent again.
      isRetryable: (outcome) =>
        outcome instanceof Error || isRateLimited(outcome.status) || isServerError(outcome.status),
    });
  }
}

/** One alert with content that PagerDuty refuses must not be lost: it is sent without anything from outside. */
const REFUSED_SUMMARY = 'Syncs need attention; PagerDuty refused the details, and a report shows them';

function bodyOf(
  { action, key, payload }: PagerDutyEvent,
  { routingKey, environment }: { readonly routingKey: string; readonly environment: string },
) {
  return {
    routing_key: routingKey,
    event_action: action,
    dedup_key: dedupKey(`sync-alerts/${environment}/${key}`),
    ...(payload && {
      payload: {
        summary: `${environment}: ${payload.summary}`.slice(0, 1024),
        severity: payload.severity,
        source: `sync-alerts ${environment}`,
        custom_details: { details: payload.details },
      },
      client: 'sync-alerts',
    }),
  };
}

function dedupKey(text: string): string {
  return text.length <= MAX_KEY_LENGTH ? text : createHash('sha256').update(text).digest('hex');
}

const errorsSchema = v.object({ errors: v.array(v.string()) });

/** PagerDuty's own words about a 400: they name fields, never values. */
async function errorsOf({ response }: Extract<RequestResult, { kind: 'responded' }>): Promise<string> {
  const text = await response.clone().text();
  try {
    const body: unknown = JSON.parse(text);
    return v.is(errorsSchema, body) ? body.errors.join('; ').slice(0, 200) : '';
  } catch {
    return '';
  }
}

async function isPayloadRefused(result: RequestResult): Promise<boolean> {
  if (result.kind === 'no_response' || ![400, 413].includes(result.response.status)) return false;
  return !isAboutKey(await errorsOf(result));
}

function isAboutKey(errors: string): boolean {
  return /routing.?key/i.test(errors);
}

async function answerOf(result: RequestResult, name: string): Promise<PostResult> {
  if (result.kind === 'no_response') return withoutResponse(result.error, name);
  const { response, retryAfterSeconds } = result;
  const { status } = response;
  if (status === 202) return { kind: 'accepted' };
  if (isRateLimited(status)) {
    const problem = `expected 202, received ${status}; PagerDuty limits the rate; a later check sends the event`;
    const error = failure(name, { code: 'pagerduty_refused', problem });
    return { ...refused(error), retryAfterSeconds: retryAfterSeconds ?? RATE_LIMIT_SECONDS };
  }
  if (!isClientError(status)) {
    const problem = `expected 202, received ${status}; ${MAY_HAVE_IT}`;
    return { kind: 'unconfirmed', error: failure(name, { code: 'pagerduty_unconfirmed', problem }) };
  }
  const errors = await errorsOf(result);
  const said = errors === '' ? '' : ` (${errors})`;
  const invalidPayload = await isPayloadRefused(result);
  const advice = invalidPayload ? 'PagerDuty refused the event' : storeTheKey(name);
  const problem = `expected 202, received ${status}${said}; ${advice}`;
  return { ...refused(failure(name, { code: 'pagerduty_refused', problem })), invalidPayload };
}

function withoutResponse(error: Error, name: string): PostResult {
  const cause = error instanceof SyncAlertsError ? error : undefined;
  if (error instanceof NetworkFault && error.neverSent) {
    const problem = `nothing was sent: ${error.message}; the next check sends the event`;
    return refused(failure(name, { code: 'pagerduty_unreachable', problem, cause }));
  }
  const problem = `expected 202, received ${error.message}; ${MAY_HAVE_IT}`;
  return { kind: 'unconfirmed', error: failure(name, { code: 'pagerduty_unconfirmed', problem, cause }) };
}

const MAY_HAVE_IT = 'PagerDuty may have received the event, so a later check sends it again';

function storeTheKey(name: string): string {
  return `store the integration key of an Events API v2 integration as ${JSON.stringify(name)} in "pagerDutyKeys" of the secret`;
}

interface Failure {
  readonly code: `pagerduty_${string}`;
  readonly problem: string;
  readonly cause?: SyncAlertsError | undefined;
}

/** An error that gives the key's name, never the key. */
function failure(name: string, { code, problem, cause }: Failure): SyncAlertsError {
  const message = `cannot send to PagerDuty with the key ${JSON.stringify(name)}: ${problem}`;
  return new SyncAlertsError(code, message, cause === undefined ? undefined : { cause });
}

function refused(error: SyncAlertsError): Extract<PostResult, { kind: 'refused' }> {
  return { kind: 'refused', error, invalidPayload: false };
}
