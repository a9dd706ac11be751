import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbStore } from '../../lambda/state/dynamodb-store.ts';
import { testStoreContract } from '../state/store-contract.ts';
import { type Emulator, REGION, startEmulator } from './emulator.ts';

const TABLE = 'states';

let emulator: Emulator;
let client: DynamoDBClient;
let scopes = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  client = new DynamoDBClient({
    endpoint: emulator.url,
    region: REGION,
    credentials: { accessKeyId: 'administrator', secretAccessKey: 'administrator' },
  });
  // The keys of the deployed table (infra/sync-alerts.ts); the tests in deployed/ use that table itself.
  const table = new CreateTableCommand({
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'scope', AttributeType: 'S' },
      { AttributeName: 'part', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'scope', KeyType: 'HASH' },
      { AttributeName: 'part', KeyType: 'RANGE' },
    ],
  });
  await client.send(table);
});

afterAll(async () => {
  client?.destroy();
  await emulator?.stop();
});

testStoreContract('a table of the emulated account', async () => {
  scopes += 1;
  const scope = `scope ${scopes}`;
  return () => new DynamoDbStore({ client, table: TABLE, scope });
});
