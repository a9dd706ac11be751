/** What a printed command speaks of. In a stack the values may be tokens that CloudFormation resolves. */
export interface CommandTarget {
  /** Where it is; without it the AWS CLI's own region is meant. */
  readonly region: string | undefined;
}

/** The CLI's own 60 s would end, and then repeat, an invocation that uses its whole time. */
export const READ_TIMEOUT_SECONDS = 90;

/**
 * Fills the secret from a file, so that no value stands on a command line, where others see it and a history keeps it.
 * Works in AWS CLI v1 and v2.
 */
export function fillSecretCommand(secretId: string, { region }: CommandTarget): string {
  return `aws secretsmanager put-secret-value${inRegion(region)} --secret-id ${secretId} --secret-string file:///dev/stdin < secret.json`;
}

/**
 * Invokes the function with an event, and prints its answer. Works in AWS CLI v1 and v2: `fileb://` is the one way to give
 * a payload that both understand alike.
 */
export function invokeCommand(
  functionName: string,
  event: Readonly<Record<string, unknown>>,
  { region }: CommandTarget,
): string {
  const payload = JSON.stringify(event);
  const retryPolicy = `--cli-read-timeout ${READ_TIMEOUT_SECONDS}`;
  return `echo '${payload}' | aws lambda invoke${inRegion(region)} --function-name ${functionName} ${retryPolicy} --payload fileb:///dev/stdin /dev/stdout`;
}

function inRegion(region: string | undefined): string {
  return region === undefined ? '' : ` --region ${region}`;
}
