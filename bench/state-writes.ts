import { createHash } from 'node:crypto';
import { check } from '../lambda/commands/check.ts';
import { DynamoDbStore } from '../lambda/state/dynamodb-store.ts';
import { aFailingRecord, START, settings, World } from '../test/commands/a-world.ts';
import { closeLocalServers } from '../test/http/local-server.ts';
import { ADynamoDb, TABLE } from '../test/state/a-dynamodb.ts';

/**
 * `npm run bench`: counts the write units of the worst check. Every sync of a large organisation fails at once, and the state
 * is written after each message that Slack accepted. A transaction takes two write units for each KB of each item (Amazon
 * DynamoDB Developer Guide, "Read/write capacity mode"); all items of a state share one partition, which takes 1,000 units a
 * second ("Partitions").
 */
const ALERTS = 10_000;
const UNITS_A_SECOND = 1000;
/** A check ends after 50 s, most of which the listing and the posts need (docs/design/delivery-and-state.md). */
const ALLOWED_SECONDS = 15;

const table = await ADynamoDb.start();
const world = new World();
world.shown = Array.from({ length: ALERTS }, (_, index) => record(index));
const state = new DynamoDbStore({ client: table.client(), table: TABLE, scope: 'bench' });
const started = performance.now();
await check({ ...world.ports, state }, settings());
const elapsedMs = performance.now() - started;
const jsonBytes = JSON.stringify((await state.load()).state).length;
const itemBytes = [...table.items.values()].map(({ bytes }) => Buffer.byteLength(bytes?.B ?? '', 'base64'));
const seconds = table.writeUnits / UNITS_A_SECOND;

console.log(`${ALERTS} alerts firing at once, ${world.posted.length} messages`);
console.log(
  `state             ${kb(jsonBytes)} of JSON, ${kb(sum(itemBytes))} gzipped, ${itemBytes.length} items`,
);
console.log(
  `writes            ${table.writes}, ${Math.round(table.writeUnits / table.writes)} write units each`,
);
console.log(`read              ${Math.ceil(sum(itemBytes) / 4096)} read units`);
console.log(`check             ${Math.round(elapsedMs)} ms on this machine, ${table.writeUnits} write units`);
console.log(`at ${UNITS_A_SECOND} units/s   ${seconds.toFixed(1)} s (allowed: ${ALLOWED_SECONDS} s)`);
await closeLocalServers();
process.exitCode = seconds <= ALLOWED_SECONDS && world.posted.length > 0 ? 0 : 1;

/** Random ids as the platform makes them: others would compress better than real ones. */
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

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}

function kb(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KB`;
}
