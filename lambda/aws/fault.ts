import { errorCode } from '../errors.ts';

/** An error of an AWS client, reduced to what is safe to print: its message and causes may hold sent or stored values. */
export interface AwsFault {
  /** The service's name for it ("AccessDeniedException"), or the platform's code ("ECONNREFUSED"). */
  readonly name: string;
  /** The action that IAM denied ("dynamodb:Query"), where the service names it. */
  readonly deniedAction?: string;
}

const SAFE_NAME = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;
const DENIED = /not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/;

export function awsFault(thrown: unknown): AwsFault {
  if (!(thrown instanceof Error)) return { name: 'UNKNOWN' };
  const name = nameOf(thrown);
  const deniedAction = isDenied(name) ? DENIED.exec(thrown.message)?.[1] : undefined;
  return { name, ...(deniedAction !== undefined && { deniedAction }) };
}

/** IAM, or the policy of a KMS key, denied the call. */
export function isDenied(name: string): boolean {
  return name === 'AccessDeniedException' || name === 'KMSAccessDeniedException';
}

/** The target of an AWS call, in the words of the advice about its errors. */
interface AwsTarget {
  /** The IAM actions that the call needs: "dynamodb:Query". */
  readonly actions: string;
  /** "the table". */
  readonly resource: string;
  /** "Amazon DynamoDB". */
  readonly service: string;
}

/** The fix for a fault that every AWS service can have: denied access, missing credentials, an outage. */
export function awsAdvice(
  { name, deniedAction }: AwsFault,
  { actions, resource, service }: AwsTarget,
): string {
  if (isDenied(name)) {
    return `access denied: allow the function's role ${deniedAction ?? actions} on ${resource}`;
  }
  if (WITHOUT_CREDENTIALS.has(name)) {
    return "the function's credentials are missing or expired; the next check retries";
  }
  return `the next check retries; if this lasts, check the status of ${service}`;
}

/** The call has no credentials, or they are no longer valid. */
const WITHOUT_CREDENTIALS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
]);

/** The platform hides its codes behind names such as "Error". */
function nameOf(error: Error): string {
  const code = errorCode(error);
  const candidates = [error.name === 'Error' ? code : undefined, error.name, code];
  return candidates.find((name) => name !== undefined && SAFE_NAME.test(name)) ?? 'UNKNOWN';
}
