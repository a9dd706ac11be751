/** The account and region that a printed command runs in. In a stack the values may be CloudFormation tokens. */
interface CommandTarget {
  /** Undefined: the command uses the AWS CLI's own region. */
  readonly region: string | undefined;
}

/** The CLI's default of 60 s would end, and then repeat, an invocation that uses its full time. */
export const READ_TIMEOUT_SECONDS = 90;

/**
 * The command that fills the secret from a file: values on a command line would be visible to other users and stay in
 * the shell's history. Works with AWS CLI v1 and v2.
 */
export function fillSecretCommand(secretId: string, { region }: CommandTarget): string {
  return `aws secretsmanager put-secret-value${regionOption(region)} --secret-id ${secretId} --secret-string file:///dev/stdin < secret.json`;
}

/**
 * The command that invokes the function with an event. Standard output is the response, JSON alone, and the AWS CLI's own
 * words about the call go to standard error. The parentheses keep it so when a person appends `> report.json`. Works with
 * AWS CLI v1 and v2: both read a `fileb://` payload the same way.
 */
export function invokeCommand(
  functionName: string,
  event: Readonly<Record<string, unknown>>,
  { region }: CommandTarget,
): string {
  const payload = JSON.stringify(event);
  const timeout = `--cli-read-timeout ${READ_TIMEOUT_SECONDS}`;
  const call = `aws lambda invoke${regionOption(region)} --function-name ${functionName} ${timeout}`;
  return `(echo '${payload}' | ${call} --payload fileb:///dev/stdin /dev/fd/3 3>&1 >&2)`;
}

/** The command that subscribes an address to a topic; AWS asks the address to confirm. */
export function subscribeCommand(topicArn: string, { region }: CommandTarget): string {
  return `aws sns subscribe${regionOption(region)} --topic-arn ${topicArn} --protocol email --notification-endpoint ADDRESS`;
}

function regionOption(region: string | undefined): string {
  return region === undefined ? '' : ` --region ${region}`;
}
