import { DynamoDBClient, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Never called: the benchmark only imports it. Like ours, it constructs its clients at the first invocation. */
export async function handler(): Promise<void> {
  await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: '' }));
  const dynamodb = new DynamoDBClient();
  await dynamodb.send(new QueryCommand({ TableName: '' }));
  await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [] }));
}
