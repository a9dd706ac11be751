/** What an AWS client threw, as far as it may be said: its message and causes may hold what was sent or stored. */
export interface AwsFault {
  /** The service's own name of it ("AccessDeniedException"), or the platform's code ("ECONNREFUSED"). */
  readonly name: string;
  /** The action that IAM denied ("dynamodb:Query"), where the service says it. */
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

/** IAM, or the policy of a key, said no. */
export function isDenied(name: string): boolean {
  return name === 'AccessDeniedException' || name === 'KMSAccessDeniedException';
}

/** Nobody could tell whose call it was, or it was signed with something that is not valid any more. */
export function isWithoutCredentials(name: string): boolean {
  return WITHOUT_CREDENTIALS.has(name);
}

const WITHOUT_CREDENTIALS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
]);

/** The platform hides its codes behind names such as "Error". */
function nameOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const candidates = [error.name === 'Error' ? code : undefined, error.name, code];
  return candidates.find((name) => name !== undefined && SAFE_NAME.test(name)) ?? 'UNKNOWN';
}
