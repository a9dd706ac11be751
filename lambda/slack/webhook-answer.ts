import { SyncAlertsError } from '../errors.ts';
import type { RequestResult, Responded } from '../http/retries.ts';
import { isClientError, isRateLimited, isRedirect, isServerError } from '../http/status.ts';
import {
  certainlyNotSent,
  isOwnServerError,
  NotSent,
  readAcceptedBody,
  slackErrorCode,
} from './certainty.ts';

/** The outcome of a post. `unconfirmed`: Slack may have received it. docs/slack-answers.md has every case. */
export type PostResult =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      readonly error: SyncAlertsError;
      /** Slack refuses this message's content, and would accept another message. */
      readonly invalidPayload: boolean;
      /** Slack's `Retry-After`, where it did not fit the deadline. */
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: 'unconfirmed'; readonly error: SyncAlertsError };

/** The meaning of a response, or of its absence, for a post to the webhook that errors call `name`. */
export async function postResult(result: RequestResult, name: string): Promise<PostResult> {
  if (result.kind === 'no_response') return withoutResponse(result.error, name);
  const { response, retryAfterSeconds } = result;
  const { status } = response;
  const body = await bodyOf(result);
  if (response.ok) return acceptedOrNot(status, body, name);
  const code = slackErrorCode(body);
  const received = `expected 2xx, received ${status}${code === undefined ? '' : ` ${code}`}`;
  if (isServerError(status) && !isOwnServerError(body)) {
    const problem = `${received}, which is not from Slack itself; ${MAY_HAVE_IT}`;
    return { kind: 'unconfirmed', error: webhookError(name, { code: 'slack_unconfirmed', problem }) };
  }
  const invalidPayload = await isPayloadRefused(result);
  const advice = (await isWebhookRefused(result)) ? newWebhook(name) : webhookAdvice(status);
  const error = webhookError(name, { code: 'slack_refused', problem: `${received}; ${advice}` });
  return {
    kind: 'refused',
    error,
    invalidPayload,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** A 2xx is accepted, also with an empty or a cut body, unless the body says otherwise. */
function acceptedOrNot(status: number, body: string, name: string): PostResult {
  const read = readAcceptedBody(body);
  switch (read.kind) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'page': {
      const advice =
        'a proxy or a sign-in page between the check and Slack responds in its place: let it pass';
      const problem = `expected \`ok\`, received ${status} with an HTML page; ${advice}; ${MAY_HAVE_IT}`;
      return { kind: 'unconfirmed', error: webhookError(name, { code: 'slack_unconfirmed', problem }) };
    }
    case 'refusal': {
      const error = read.error === undefined ? '' : ` (${read.error})`;
      const advice = `the URL is no incoming webhook, or a proxy refused the message: ${storeTheUrl(name)}`;
      const problem = `expected \`ok\`, received ${status} with JSON that refuses the message${error}; ${advice}`;
      return {
        kind: 'refused',
        error: webhookError(name, { code: 'slack_refused', problem }),
        invalidPayload: false,
      };
    }
  }
}

interface WebhookProblem {
  readonly code: 'slack_refused' | 'slack_unconfirmed' | 'slack_unreachable' | `slack_url_${string}`;
  readonly problem: string;
  readonly cause?: SyncAlertsError | undefined;
}

/** An error that gives the webhook's name, never its URL. */
export function webhookError(name: string, { code, problem, cause }: WebhookProblem): SyncAlertsError {
  const message = `cannot post to Slack webhook ${JSON.stringify(name)}: ${problem}`;
  return new SyncAlertsError(code, message, cause === undefined ? undefined : { cause });
}

/** Whether an attempt with this outcome certainly left nothing in Slack, and may succeed when it is repeated. */
export async function isRepostable(outcome: Response | Error): Promise<boolean> {
  if (outcome instanceof Error) return !(outcome instanceof NotSent) && certainlyNotSent(outcome);
  if (isRateLimited(outcome.status)) return true;
  return isServerError(outcome.status) && isOwnServerError(await outcome.clone().text());
}

/** The webhook is revoked, its channel archived, its app removed, or the URL is none: it accepts no message at all. */
export async function isWebhookRefused(result: RequestResult): Promise<boolean> {
  if (result.kind === 'no_response') return false;
  const { ok, status } = result.response;
  if ([403, 404, 410].includes(status)) return true;
  const body = await bodyOf(result);
  if (ok) return readAcceptedBody(body).kind === 'refusal';
  return isClientError(status) && isAboutWebhook(slackErrorCode(body));
}

/** Slack refuses this message: its blocks are invalid, or it is too long. */
export async function isPayloadRefused(result: RequestResult): Promise<boolean> {
  if (result.kind === 'no_response' || ![400, 413].includes(result.response.status)) return false;
  return !isAboutWebhook(slackErrorCode(await bodyOf(result)));
}

/**
 * Slack's error codes for a webhook that accepts nothing (docs.slack.dev, "Sending messages using incoming webhooks",
 * "Handling errors"). They take precedence over the status: `user_not_found` comes with a 400, and Slack documents no
 * status for some of them.
 */
const ABOUT_THE_WEBHOOK: ReadonlySet<string> = new Set([
  'action_prohibited',
  'channel_is_archived',
  'channel_not_found',
  'invalid_token',
  'no_active_hooks',
  'no_service',
  'no_service_id',
  'no_team',
  'posting_to_general_channel_denied',
  'team_disabled',
  'user_not_found',
]);

function isAboutWebhook(code: string | undefined): boolean {
  return code !== undefined && ABOUT_THE_WEBHOOK.has(code);
}

function bodyOf({ response }: Responded): Promise<string> {
  return response.clone().text();
}

function withoutResponse(error: Error, name: string): PostResult {
  const cause = error instanceof SyncAlertsError ? error : undefined;
  if (certainlyNotSent(error)) {
    const problem = `nothing was sent: ${error.message}; the next check posts the message`;
    const code = 'slack_unreachable';
    return { kind: 'refused', error: webhookError(name, { code, problem, cause }), invalidPayload: false };
  }
  const problem = `expected 2xx, received ${error.message}; ${MAY_HAVE_IT}`;
  return { kind: 'unconfirmed', error: webhookError(name, { code: 'slack_unconfirmed', problem, cause }) };
}

const MAY_HAVE_IT = 'Slack may have received the message, so a later check posts it again';

/** The fix for a URL that is not usable: the function reads it from the secret, the command line from a variable. */
export function storeTheUrl(name: string): string {
  return name === 'default'
    ? 'store the URL of an incoming webhook as "slackWebhookUrl" in the secret (on a laptop: SLACK_WEBHOOK_URL)'
    : `store the URL of an incoming webhook as ${JSON.stringify(name)} in "slackWebhooks" of the secret`;
}

function newWebhook(name: string): string {
  return `the webhook was revoked, or its channel or app was removed: create a new webhook and ${storeTheUrl(name)}`;
}

function webhookAdvice(status: number): string {
  if (isRateLimited(status)) return 'Slack limits the rate; the next check posts the message';
  if (status === 400 || status === 413)
    return 'Slack refused the message as plain text and as minimal text too';
  if (isServerError(status)) return 'Slack has a problem; the next check posts the message';
  if (isRedirect(status)) return 'redirects are not followed: check that the URL is an incoming webhook';
  return 'check that the URL is an incoming webhook';
}
