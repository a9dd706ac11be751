import { DynamoDBClient, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/* A function that runs one of the actions below for each invocation. */

const table = process.env['TABLE'];
const dynamodb = new DynamoDBClient({});
const secrets = new SecretsManagerClient({});
let invocations = 0;

const actions: Readonly<Record<string, (text: string) => unknown>> = {
  count: () => invocations,
  greet: () => process.env['GREETING'],
  secret: async () => {
    const { SecretString } = await secrets.send(
      new GetSecretValueCommand({ SecretId: process.env['SECRET'] }),
    );
    return SecretString;
  },
  write: (token) => write(token),
  reasons: (token) => write(token).catch(({ CancellationReasons }) => CancellationReasons?.map(codeOf)),
  read: async () => {
    const { Items } = await dynamodb.send(
      new QueryCommand({
        TableName: table,
        // "scope" is a reserved word of DynamoDB.
        KeyConditionExpression: '#scope = :scope',
        ExpressionAttributeNames: { '#scope': 'scope' },
        ExpressionAttributeValues: { ':scope': { S: 'smoke' } },
        ConsistentRead: true,
      }),
    );
    return Items?.map(({ part, value }) => `${part?.S}=${value?.S}`);
  },
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, Number(milliseconds))),
  later: (milliseconds) => void setTimeout(() => process.stdout.write('later\n'), Number(milliseconds)),
  throw: (message) => {
    throw new Error(message);
  },
  exit: () => process.exit(3),
  print: (line) => void process.stdout.write(`${line}\n`),
  log: (message) => console.log(message),
};

export async function handler(event: {
  readonly do?: string;
  readonly text?: string;
  readonly command?: string;
}): Promise<unknown> {
  invocations += 1;
  if (event.command !== undefined) return event;
  return (await actions[event.do ?? 'count']?.(event.text ?? '')) ?? null;
}

function codeOf({ Code }: { readonly Code?: string }): string | undefined {
  return Code;
}

/** Fails if the first item exists; with the token of an earlier write it succeeds. */
async function write(token: string): Promise<string> {
  const first = {
    TableName: table,
    Item: { scope: { S: 'smoke' }, part: { S: 'a' }, value: { S: token } },
    ConditionExpression: 'attribute_not_exists(part)',
  };
  const second = {
    TableName: table,
    Item: { scope: { S: 'smoke' }, part: { S: 'b' }, value: { S: token } },
  };
  await dynamodb.send(
    new TransactWriteItemsCommand({
      ClientRequestToken: token,
      TransactItems: [{ Put: first }, { Put: second }],
    }),
  );
  return token;
}
