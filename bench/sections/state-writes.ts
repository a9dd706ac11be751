import { createHash } from 'node:crypto';
import { check } from '../../lambda/commands/check.ts';
import { DynamoDbStore } from '../../lambda/state/dynamodb-store.ts';
import { aFailingRecord, START, settings, World } from '../../test/commands/a-world.ts';
import { ADynamoDb, TABLE } from '../../test/state/a-dynamodb.ts';
import { type Section, thousands } from '../row.ts';

const ALERTS = 10_000;
/** All items of a state are in one partition, which takes this many (DynamoDB, "Partitions"). */
const UNITS_A_SECOND = 1000;
/** A check ends after 50 s, most of which the listing and the posts need (docs/design/delivery-and-state.md). */
const MAX_SECONDS = 15;

/**
 * The write units of the worst check: every sync of a large organisation fails at once, and the check saves the state
 * after each message that Slack accepted. A transaction costs two write units for each KB of each item (DynamoDB,
 * "Read and write capacity").
 */
export const stateWrites: Section = {
  name: 'state-writes',
  about: `write units of a check that opens ${thousands(ALERTS)} alerts`,
  run: async () => {
    const table = await ADynamoDb.start();
    const world = new World();
    world.shown = Array.from({ length: ALERTS }, (_, index) => record(index));
    const state = new DynamoDbStore({ client: table.client(), table: TABLE, scope: 'bench' });
    await check({ ...world.ports, state }, settings());
    const jsonBytes = JSON.stringify((await state.load()).state).length;
    const itemBytes = [...table.items.values()].map(({ bytes }) =>
      Buffer.byteLength(bytes?.B ?? '', 'base64'),
    );
    const bytes = itemBytes.reduce((total, one) => total + one, 0);
    const seconds = table.writeUnits / UNITS_A_SECOND;
    return [
      { what: 'state', ours: `${kilobytes(jsonBytes)} of JSON, ${kilobytes(bytes)} gzipped` },
      { what: 'items', ours: `${itemBytes.length}, ${Math.ceil(bytes / 4096)} read units` },
      { what: 'writes', ours: `${table.writes}, ${thousands(table.writeUnits)} write units in all` },
      {
        what: `at ${thousands(UNITS_A_SECOND)} units a second`,
        ours: `${seconds.toFixed(1)} s`,
        against: `limit ${MAX_SECONDS} s`,
        ratio: seconds / MAX_SECONDS,
      },
    ];
  },
};

/** With random ids, as the platform makes them: others would compress better. */
function record(index: number): unknown {
  const id = createHash('sha256').update(String(index)).digest('hex');
  return aFailingRecord(START, {
    id: `sync_${id.slice(0, 24)}`,
    name: `orders of shop ${index}`,
    connector_id: `conn_${id.slice(24, 26)}`,
    connection_ref: `pg-${id.slice(26, 28)}`,
    source_table: `orders_${index}`,
    kb_uid: `kb_${id.slice(28, 30)}`,
    dest_table: `orders_${index}`,
    last_success_at: new Date(START - 1_200_000 - index * 997).toISOString(),
    seconds_since_success: 1200 + index,
  });
}

function kilobytes(bytes: number): string {
  return `${thousands(Math.ceil(bytes / 1024))} KB`;
}
