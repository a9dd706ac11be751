import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { check } from '../../lambda/commands/check.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { InMemoryStore } from '../../lambda/state/in-memory-store.ts';
import { lazyEvidence } from '../../lambda/timbal/lazy-evidence.ts';
import { TimbalListing } from '../../lambda/timbal/listing.ts';
import { optionsOf } from '../command-line.ts';

/**
 * `npm run evidence`: prints the calls and the bytes of the API in a quiet check, a check that sends one alert and one
 * that sends 300, for an organisation of 300 syncs whose jobs route lists the last ten runs of each.
 */
const USAGE = `npm run evidence

Prints the calls and the bytes of the API in a quiet check, a check that sends one alert and one that sends 300.
`;

optionsOf(USAGE, {});

const NOW = Date.UTC(2026, 10, 24, 9);
const SYNCS = 300;
const RUNS = 10;
const iso = (minutesAgo: number) => new Date(NOW - minutesAgo * 60_000).toISOString();

let failing = 0;
let isJobsMissing = false;
let calls = 0;
let bytes = 0;

function syncs(): unknown {
  return {
    syncs: Array.from({ length: SYNCS }, (_, index) => {
      const isFailing = index < failing;
      const success = iso(isFailing ? 20 : 5);
      return {
        id: `sync_${index}`,
        name: `table_${index}`,
        connector_id: `box_${index % 3}`,
        source_kind: 'postgres',
        connection_ref: `pg_${index % 30}`,
        source_schema: 'public',
        source_table: `table_${index}`,
        cursor_column: 'updated_at',
        kb_uid: `kb_${index % 4}`,
        dest_table: `table_${index}`,
        interval_secs: 900,
        enabled: true,
        disabled_reason: null,
        consecutive_failures: isFailing ? 1 : 0,
        has_cursor: true,
        created_at: '2026-01-01T00:00:00Z',
        updated_at: '2026-01-01T00:00:00Z',
        last_run_at: iso(5),
        last_state: isFailing ? 'failed' : 'completed',
        last_success_at: success,
        seconds_since_success: (NOW - Date.parse(success)) / 1000,
      };
    }),
  };
}

function jobs(): unknown {
  return {
    jobs: Array.from({ length: SYNCS * RUNS }, (_, index) => {
      const [sync, run] = [index % SYNCS, Math.floor(index / SYNCS)];
      const isFailed = run === 0 && sync < failing;
      return {
        id: `job_${index}`,
        connector_id: `box_${sync % 3}`,
        sync_id: `sync_${sync}`,
        kb_uid: `kb_${sync % 4}`,
        kind: 'extract',
        dest_table: `table_${sync}`,
        mode: 'upsert',
        state: isFailed ? 'failed' : 'completed',
        rows_emitted: isFailed ? 0 : 1200,
        message: isFailed ? `FATAL: password authentication failed for user "etl_${sync}"` : null,
        created_at: iso(5 + run * 15),
        started_at: iso(5 + run * 15),
        finished_at: iso(4 + run * 15),
        updated_at: iso(4 + run * 15),
        duration_ms: 60_000,
      };
    }),
  };
}

const connectors = () =>
  ['box_0', 'box_1', 'box_2'].map((id) => ({ id, name: `${id} name`, last_seen_at: iso(0) }));
const k2 = () => ({ k2: [0, 1, 2, 3].map((id) => ({ id, uid: `kb_${id}`, name: `Base ${id}` })) });

const server = createServer((request, response) => {
  calls += 1;
  const url = request.url ?? '';
  if (url.endsWith('/connectors/syncs')) return answer(response, syncs());
  if (url.endsWith('/connectors/jobs'))
    return isJobsMissing ? answer(response, {}, 404) : answer(response, jobs());
  if (url.endsWith('/connectors')) return answer(response, connectors());
  if (url.endsWith('/k2')) return answer(response, k2());
  return answer(response, { sync: {}, recent_runs: [] });
});

function answer(response: ServerResponse, body: unknown, status = 200): void {
  const text = JSON.stringify(body);
  bytes += text.length;
  const date = new Date(NOW).toUTCString();
  response.writeHead(status, { 'content-type': 'application/json', date }).end(text);
}

await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const parsed = parsePolicy({});
if (!parsed.ok) throw new Error(parsed.faults.join());
const { policy } = parsed;

function newSandbox() {
  const apiKey = { read: async () => 'key', readFresh: async () => 'key' };
  const scope = { baseUrl: `http://127.0.0.1:${port}`, organisation: 'acme', apiKey };
  return {
    listing: new TimbalListing({ ...scope, now: () => NOW }),
    evidence: lazyEvidence(scope),
    state: new InMemoryStore(),
    slack: { destinationId: async () => 'terminal', post: async () => ({ kind: 'accepted' }) as const },
    now: () => NOW,
  };
}

async function measure(title: string, count: number, ports = newSandbox()): Promise<void> {
  failing = count;
  [calls, bytes] = [0, 0];
  await check(ports, {
    policy,
    origin: { environment: 'measured', organisation: 'acme', moreHint: '' },
    checkId: title,
    remainingSeconds: 60,
    dryRun: false,
  });
  const kilobytes = (bytes / 1000).toFixed(0);
  process.stdout.write(
    `${title.padEnd(48)}${String(calls).padStart(2)} calls of the API  ${kilobytes.padStart(5)} KB\n`,
  );
}

const sandbox = newSandbox();
await measure('a quiet check', 0, sandbox);
await measure('a check that sends one alert', 1);
await measure('a check that sends 300 alerts', SYNCS);
isJobsMissing = true;
const without = newSandbox();
await measure('300 alerts, the jobs route found missing', SYNCS, without);
await measure('the next message, names and the 404 remembered', 1, {
  ...without,
  state: new InMemoryStore(),
});
server.close();
server.closeAllConnections();
