import { DynamoDbStore } from '../../lambda/state/dynamodb-store.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { ADynamoDb, TABLE } from './a-dynamodb.ts';
import { testSilenceContract } from './silence-contract.ts';
import { testStoreContract } from './store-contract.ts';

afterEach(closeLocalServers);

async function createEmpty() {
  const table = await ADynamoDb.start();
  const client = table.client();
  return () => new DynamoDbStore({ client, table: TABLE, scope: 'a scope' });
}

testStoreContract('the DynamoDB store', createEmpty);
testSilenceContract('the DynamoDB store', createEmpty);
