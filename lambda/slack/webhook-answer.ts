import { SyncAlertsError } from '../errors.ts';
import type { InvocationResponse, Responded } from '../http/retries.ts';
import { certainlyNotSent, NotSent, slackErrorCode } from './certainty.ts';

/** What came of a post. `uncertain`: Slack may have it. */
export type PostResult =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      readonly error: SyncAlertsError;
      /** Slack refused this message, and would take another. */
      readonly form: boolean;
      /** How long Slack asked to be left alone, where that did not fit the deadline. */
      readonly waitSeconds?: number;
    }
  | { readonly kind: 'unconfirmed'; readonly error: SyncAlertsError };

/** What an answer, or its absence, says of a post to the webhook that errors call `name`. */
export async function postedBy(answer: InvocationResponse, name: string): Promise<PostResult> {
  if (answer.kind === 'no_response') return withoutAnswer(answer.error, name);
  const { response, waitSeconds } = answer;
  if (response.ok) return { kind: 'accepted' };
  const { status } = response;
  const word = await wordOf(answer);
  const said = `answered ${status}${word === undefined ? '' : ` ${word}`}`;
  if (status >= 500 && word === undefined) {
    const what = `${said}, which is not Slack's own; it may have the message, which is posted again later`;
    return { kind: 'unconfirmed', error: webhookError(name, 'slack_unconfirmed', what) };
  }
  const form = await isRefusedForm(answer);
  const advice = (await isRefusedWebhook(answer)) ? NEW_WEBHOOK : adviceFor(status);
  const error = webhookError(name, 'slack_refused', `${said}; ${advice}`);
  return { kind: 'refused', error, form, ...(waitSeconds !== undefined && { waitSeconds }) };
}

/** An error that names the webhook by its name, never by its URL. */
export function webhookError(
  name: string,
  code: string,
  what: string,
  cause?: SyncAlertsError,
): SyncAlertsError {
  const message = `slack webhook ${JSON.stringify(name)} ${what}`;
  return new SyncAlertsError(code, message, cause === undefined ? undefined : { cause });
}

/** Whether what a try came to certainly left nothing in Slack, and may be otherwise in a moment. */
export async function isRepostable(came: Response | Error): Promise<boolean> {
  if (came instanceof Error) return !(came instanceof NotSent) && certainlyNotSent(came);
  if (came.status === 429) return true;
  return came.status >= 500 && slackErrorCode(await came.clone().text()) !== undefined;
}

/** The webhook itself is refused: revoked, its channel archived, its app removed. No message would be taken. */
export async function isRefusedWebhook(answer: InvocationResponse): Promise<boolean> {
  if (answer.kind === 'no_response') return false;
  const { status } = answer.response;
  return [403, 404, 410].includes(status) || (isAsked(status) && saysWebhook(await wordOf(answer)));
}

/** The message is refused: its blocks are invalid, or it is too long. */
export async function isRefusedForm(answer: InvocationResponse): Promise<boolean> {
  if (answer.kind === 'no_response' || ![400, 413].includes(answer.response.status)) return false;
  return !saysWebhook(await wordOf(answer));
}

/**
 * Slack's words for a webhook that takes nothing (docs.slack.dev, "Sending messages using incoming webhooks", "Handling
 * errors"). They decide before the status: `user_not_found` comes with a 400, and of some no status is documented.
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

function saysWebhook(word: string | undefined): boolean {
  return word !== undefined && ABOUT_THE_WEBHOOK.has(word);
}

async function wordOf({ response }: Responded): Promise<string | undefined> {
  return slackErrorCode(await response.clone().text());
}

/** The fault is said to be with whoever asked. */
function isAsked(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

function withoutAnswer(error: Error, name: string): PostResult {
  const cause = error instanceof SyncAlertsError ? error : undefined;
  if (certainlyNotSent(error)) {
    const what = `could not be reached: ${error.message}; the next check posts again`;
    return { kind: 'refused', error: webhookError(name, 'slack_unreachable', what, cause), form: false };
  }
  const what = `gave ${error.message}; it may have the message, which is posted again later`;
  return { kind: 'unconfirmed', error: webhookError(name, 'slack_unconfirmed', what, cause) };
}

const NEW_WEBHOOK =
  'the webhook was revoked, or its channel or app is gone: create a new one and put it into the configuration';

function adviceFor(status: number): string {
  if (status === 429) return 'it asks to be left alone; the next check posts again';
  if (status === 400 || status === 413)
    return 'it refused the message in its plain form too, and in the fewest words';
  if (status >= 500) return 'Slack is in trouble; the next check posts again';
  if (status >= 300 && status < 400)
    return 'redirects are not followed: check that the URL is an incoming webhook';
  return 'check that the URL is an incoming webhook';
}
