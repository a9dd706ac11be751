// In: a digest, the ARN of a topic of Amazon SNS, a deadline.
// Out: one message, which is accepted, refused or unconfirmed. Posting never rejects.
// Called by: commands/check.ts and commands/deliver.ts for a destination of the kind "sns".
import type { SignRequest } from '../aws/signed-request.ts';
import type { SnsSettings } from '../core/policy.ts';
import { type SnsMessage, snsMessage } from '../core/render/sns-messages.ts';
import { asError, SyncAlertsError } from '../errors.ts';
import { sendOnce } from '../http/attempt.ts';
import type { Deadline } from '../http/deadline.ts';
import { NetworkFault } from '../http/network-fault.ts';
import { RETRY_POLICY, type RequestResult, type RetryPolicy, requestWithRetries } from '../http/retries.ts';
import { isClientError, isRateLimited } from '../http/status.ts';
import type { PostResult } from '../slack/webhook.ts';
import type { DestinationPort } from './destination-port.ts';
import { idOf } from './secret-value.ts';

export interface SnsOptions {
  readonly settings: SnsSettings;
  readonly environment: string;
  readonly sign: SignRequest;
  /** @default SNS in the region of the topic */
  readonly endpoint?: string | undefined;
  readonly retryPolicy?: RetryPolicy | undefined;
}

const ATTEMPT_TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 64 * 1024;

export function snsDestination(options: SnsOptions): DestinationPort {
  const { settings } = options;
  return {
    destinationId: async () => idOf(settings.topicArn),
    write: async (digest) => {
      const message = snsMessage(digest, settings.format);
      const { covers, endsReminder } = message;
      return [{ covers, endsReminder, post: (deadline) => publish(message, deadline, options) }];
    },
  };
}

async function publish(
  message: SnsMessage,
  deadline: Deadline,
  { settings, environment, sign, endpoint, retryPolicy = RETRY_POLICY }: SnsOptions,
): Promise<PostResult> {
  const { topicArn } = settings;
  const [, partition, , region = ''] = topicArn.split(':');
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  let request: Request;
  try {
    request = await sign({
      url: new URL(endpoint ?? `https://sns.${region}.${suffix}/`),
      service: 'sns',
      region,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: bodyOf(message, topicArn, environment),
    });
  } catch (error) {
    const problem = `the request could not be signed: ${asError(error).name}`;
    return refused(failure(topicArn, { code: 'sns_unsigned', problem }));
  }
  const result = await requestWithRetries(request, {
    retryPolicy,
    deadline,
    send: (one) =>
      sendOnce(one, {
        signal: deadline.signal,
        attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
        maxBytes: MAX_RESPONSE_BYTES,
        onIncompleteBody: 'keep',
      }),
    isRetryable: isRepublishable,
  });
  return answerOf(result, topicArn);
}

function bodyOf({ subject, text, severity }: SnsMessage, topicArn: string, environment: string): string {
  const body = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: topicArn,
    Subject: subject,
    Message: text,
  });
  for (const [index, [name, value]] of Object.entries({ severity, environment }).entries()) {
    const entry = `MessageAttributes.entry.${index + 1}`;
    body.set(`${entry}.Name`, name);
    body.set(`${entry}.Value.DataType`, 'String');
    body.set(`${entry}.Value.StringValue`, value);
  }
  return body.toString();
}

/** Whether an attempt with this outcome certainly published nothing, and may succeed when it is repeated. */
async function isRepublishable(outcome: Response | Error): Promise<boolean> {
  if (outcome instanceof Error) return outcome instanceof NetworkFault && outcome.neverSent;
  return isRateLimited(outcome.status) || isThrottled(await codeOf(outcome));
}

/** SNS's own error code: `<Code>NotFound</Code>` (SNS, "Common errors" and `Publish`). */
async function codeOf(response: Response): Promise<string | undefined> {
  return /<Code>(\w{1,60})<\/Code>/.exec(await response.clone().text())?.[1];
}

/** SNS's own words, which name what is missing or wrong: a permission and its policy, a parameter. */
async function wordsOf(response: Response): Promise<string> {
  const words = /<Message>([^<]{1,300})/.exec(await response.clone().text())?.[1];
  return words === undefined ? '' : ` (${words.replace(/\s+/g, ' ').trim()})`;
}

function isThrottled(code: string | undefined): boolean {
  return code?.startsWith('Throttl') === true || code === 'KMSThrottling';
}

/** What to do about SNS's own codes. */
const ADVICE: Readonly<Record<string, string>> = {
  NotFound: 'the topic was deleted: correct topicArn in the policy and deploy again',
  AuthorizationError: 'deploy again, which lets the role publish; or its own policy forbids it',
  InvalidClientTokenId: 'the credentials of the function are not accepted in this region',
};
const RETRIED = 'SNS refused the message; the next check publishes it again';
const KEY_ADVICE =
  'the role may not use the key of the topic: give its kmsKeyArn in the policy and deploy again, and allow it in the key policy';

async function answerOf(result: RequestResult, topicArn: string): Promise<PostResult> {
  if (result.kind === 'no_response') return withoutResponse(result.error, topicArn);
  const { response, retryAfterSeconds } = result;
  const { status } = response;
  if (response.ok) return { kind: 'accepted' };
  const code = await codeOf(response);
  const received = `expected 200, received ${status}${code === undefined ? '' : ` ${code}${await wordsOf(response)}`}`;
  if (isThrottled(code) || isRateLimited(status)) {
    const problem = `${received}; SNS limits the rate; the next check publishes the message`;
    const error = failure(topicArn, { code: 'sns_refused', problem });
    return { ...refused(error), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  }
  if (!isClientError(status) || code === undefined) {
    const problem = `${received}; ${MAY_HAVE_IT}`;
    return { kind: 'unconfirmed', error: failure(topicArn, { code: 'sns_unconfirmed', problem }) };
  }
  const advice = ADVICE[code] ?? (code.startsWith('KMS') ? KEY_ADVICE : RETRIED);
  const error = failure(topicArn, { code: 'sns_refused', problem: `${received}; ${advice}` });
  return {
    ...refused(error),
    invalidPayload: code === 'InvalidParameter' || code === 'InvalidParameterValue',
  };
}

function withoutResponse(error: Error, topicArn: string): PostResult {
  const cause = error instanceof SyncAlertsError ? error : undefined;
  if (error instanceof NetworkFault && error.neverSent) {
    const problem = `nothing was sent: ${error.message}; the next check publishes the message`;
    return refused(failure(topicArn, { code: 'sns_unreachable', problem, cause }));
  }
  const problem = `expected 200, received ${error.message}; ${MAY_HAVE_IT}`;
  return { kind: 'unconfirmed', error: failure(topicArn, { code: 'sns_unconfirmed', problem, cause }) };
}

const MAY_HAVE_IT = 'SNS may have published the message, so a later check publishes it again';

interface Failure {
  readonly code: `sns_${string}`;
  readonly problem: string;
  readonly cause?: SyncAlertsError | undefined;
}

function failure(topicArn: string, { code, problem, cause }: Failure): SyncAlertsError {
  const message = `cannot publish to the topic ${topicArn}: ${problem}`;
  return new SyncAlertsError(code, message, cause === undefined ? undefined : { cause });
}

function refused(error: SyncAlertsError): Extract<PostResult, { kind: 'refused' }> {
  return { kind: 'refused', error, invalidPayload: false };
}
