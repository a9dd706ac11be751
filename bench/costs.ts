import { ALARM_NAMES } from '../infra/alarms.ts';
import { ENVIRONMENT_VARIABLES as NAMES } from '../lambda/invocation/environment-variables.ts';
import { createHandler } from '../lambda/invocation/invocation.ts';
import { METRICS } from '../lambda/invocation/metric-names.ts';
import { aFailingRecord, aRecord, MINUTE } from '../test/commands/a-world.ts';
import { answers, answersJson, closeLocalServers, localServer } from '../test/http/local-server.ts';
import { ASecretsManager } from '../test/secret/a-secrets-manager.ts';
import { ADynamoDb, TABLE } from '../test/state/a-dynamodb.ts';
import { optionsOf, progress, wholeNumber } from '../tools/command-line.ts';

const USAGE = `npm run costs -- [--billed-ms N]

Computes the monthly costs of an environment and prints the tables of docs/costs.md. It measures the processor time of
quiet checks of 300 syncs on this machine, and scales it to the share of a processor that the function has; the time that
a check waits for others is assumed. --billed-ms uses the duration that an account shows instead (docs/costs.md says
where).
`;

const SYNCS = 300;
const CHECKS = 60;
const MEMORY_MB = 1024;
/** "At 1,769 MB, a function has the equivalent of one vCPU" (AWS Lambda Developer Guide, "Configure function memory"). */
const MB_OF_ONE_PROCESSOR = 1769;
/** A listing and a heartbeat across the internet, one after the other, and a query of DynamoDB. */
const ASSUMED_WAIT_MS = 600;
/**
 * A new sandbox takes 118 ms of processor time more than a warm one, from the start of Node.js to the end of its first
 * check (`npm run bench -- first-check`), here at that share of a processor.
 */
const COLD_START_MS = (118 * MB_OF_ONE_PROCESSOR) / MEMORY_MB;

/**
 * List prices of us-east-1 in US dollars, without free tiers, as of November 2026 to our knowledge. Prices change and differ
 * by region: compare them with https://aws.amazon.com/pricing/ before you rely on them.
 */
const PRICES = {
  /** AWS Lambda, arm64, per GB-second and per request. */
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  /** Amazon EventBridge Scheduler, per invocation (the first 14 million a month are free). */
  schedulerInvocation: 1 / 1e6,
  /** Amazon DynamoDB on demand, per read unit of 4 KB and per write unit of 1 KB. */
  dynamoDbRead: 0.125 / 1e6,
  dynamoDbWrite: 0.625 / 1e6,
  /** AWS Secrets Manager, a secret and month, and per call. */
  secretMonth: 0.4,
  secretCall: 0.05 / 1e4,
  /** Amazon CloudWatch: a custom metric and month, an alarm and month, a dashboard and month, a GB of logs. */
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  logGb: 0.5,
} as const;

const HOURS_A_MONTH = 730;
const SCHEDULES = [5, 15] as const;
/** A month with a message every hour: two writes each, of one item of 1 KB, in a transaction. */
const POSTING_CHECKS = HOURS_A_MONTH;
const WRITE_UNITS_PER_POST = 4;

/** Placeholders of the real length, for the size of a log entry. */
const ISO = '2026-11-24T09:00:00.000Z';
const ID = '00000000-0000-0000-0000-000000000000';
/** The lines `platform.start` and `platform.report` that Lambda itself logs (AWS Lambda Developer Guide, "Telemetry API event schema"). */
const LAMBDA_LOG_BYTES = 450;

const options = optionsOf(USAGE, { 'billed-ms': { type: 'string' } });
const asked = billedMsFrom(options['billed-ms']);
const measured = await measure();
const billedMs = asked ?? measured.billedMs;
const rows = SCHEDULES.map((minutes) => monthly(minutes));

console.log(`| a quiet check of ${SYNCS} syncs | |`);
console.log('|---|---|');
console.log(`| processor time, measured | ${measured.processorMs.toFixed(1)} ms on this machine |`);
console.log(`| the same at ${MEMORY_MB} MB | ${measured.scaledMs.toFixed(0)} ms |`);
console.log(`| waiting for Timbal, DynamoDB and the heartbeat monitor, assumed | ${ASSUMED_WAIT_MS} ms |`);
console.log(`| cold start, when there is no sandbox left | ${COLD_START_MS.toFixed(0)} ms |`);
console.log(
  `| billed, ${asked === undefined ? 'cold start included' : 'as asked with --billed-ms'} | ${billedMs.toFixed(0)} ms |`,
);
console.log(`| memory in use at most, this process | ${measured.memoryMb.toFixed(0)} MB |`);
console.log(`| log, with Lambda's own lines and the metrics | ${measured.logBytes} bytes |`);
console.log('');
console.log(`| US dollars a month | ${SCHEDULES.map((it) => `every ${it} min`).join(' | ')} |`);
console.log(`|---|${SCHEDULES.map(() => '---:').join('|')}|`);
for (const name of Object.keys(rows[0] ?? {})) {
  console.log(`| ${name} | ${rows.map((row) => dollars(row[name])).join(' | ')} |`);
}
const totals = rows.map((row) => Object.values(row).reduce((sum, price) => sum + price, 0));
console.log(`| **without the dashboard** | ${totals.map((it) => `**${dollars(it)}**`).join(' | ')} |`);
const withDashboard = totals.map((it) => `**${dollars(it + PRICES.dashboardMonth)}**`);
console.log(`| **with the dashboard** | ${withDashboard.join(' | ')} |`);
await closeLocalServers();

function monthly(everyMinutes: number): Readonly<Record<string, number>> {
  const checks = (HOURS_A_MONTH * 60) / everyMinutes;
  const gbSeconds = (checks * billedMs * MEMORY_MB) / 1000 / 1024;
  return {
    'Lambda, duration': gbSeconds * PRICES.lambdaGbSecond,
    'Lambda, requests': checks * PRICES.lambdaRequest,
    'EventBridge Scheduler': checks * PRICES.schedulerInvocation,
    DynamoDB:
      checks * measured.readUnits * PRICES.dynamoDbRead +
      POSTING_CHECKS * WRITE_UNITS_PER_POST * PRICES.dynamoDbWrite,
    'Secrets Manager': PRICES.secretMonth + checks * PRICES.secretCall,
    [`CloudWatch, ${METRICS.length} metrics`]: METRICS.length * PRICES.metricMonth,
    [`CloudWatch, ${ALARM_NAMES.length} alarms`]: ALARM_NAMES.length * PRICES.alarmMonth,
    'CloudWatch, logs': ((checks * measured.logBytes) / 1024 ** 3) * PRICES.logGb,
  };
}

/** Runs quiet checks of the deployed function against local servers in place of Timbal, Slack and AWS. */
async function measure() {
  let now = Date.now();
  const records = (at: number) =>
    Array.from({ length: SYNCS }, (_, index) =>
      index % 100 === 0 ? aFailingRecord(at, { id: `sync-${index}` }) : aRecord(at, { id: `sync-${index}` }),
    );
  const secrets = new ASecretsManager();
  const table = new ADynamoDb();
  const api = await localServer((request, response) =>
    answersJson(200, { syncs: records(now) })(request, response),
  );
  const slack = await localServer(answers(200, 'ok'));
  const monitor = await localServer(answers(200, 'OK'));
  const aws = await localServer((request, response) => {
    const body = aws.requests.at(-1)?.body ?? '';
    const isSecret = String(request.headers['x-amz-target']).startsWith('secretsmanager.');
    (isSecret ? secrets : table).answer(request, body, response);
  });
  secrets.fill({
    timbalApiKey: 'key',
    timbalOrgId: 'acme',
    slackWebhookUrl: `${slack.url}/services/T0`,
    heartbeatUrl: `${monitor.url}/ping/0`,
  });
  let logBytes = 0;
  const environment = {
    [NAMES.environment]: 'prod',
    [NAMES.secretId]: 'sync-alerts',
    [NAMES.tableName]: TABLE,
    [NAMES.periodSeconds]: '300',
    [NAMES.stackName]: 'SyncAlerts-prod',
    [NAMES.baseUrl]: api.url,
  };
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const handler = createHandler(
    {
      environment,
      policyText: () => '{}',
      now: () => now,
      aws: { region: 'us-east-1', endpoint: aws.url, credentials },
    },
    (level, message) => {
      logBytes += Buffer.byteLength(JSON.stringify({ timestamp: ISO, level, requestId: ID, message }));
    },
    (line) => {
      logBytes += Buffer.byteLength(line);
    },
  );
  const check = async () => {
    now += 5 * MINUTE;
    await handler(
      { command: 'check' },
      { awsRequestId: ID, functionName: 'SyncAlerts-prod', getRemainingTimeInMillis: () => 60_000 },
    );
  };
  // The first check posts, and the first few are slower than those of a warm sandbox.
  for (let index = 0; index < 5; index += 1) await check();
  logBytes = 0;
  const durations: number[] = [];
  for (let index = 0; index < CHECKS; index += 1) {
    progress(() => `measured ${index} of ${CHECKS} checks`);
    const from = process.cpuUsage();
    await check();
    const { user, system } = process.cpuUsage(from);
    durations.push((user + system) / 1000);
  }
  const processorMs = median(durations);
  const scaledMs = (processorMs * MB_OF_ONE_PROCESSOR) / MEMORY_MB;
  const itemBytes = [...table.items.values()].reduce(
    (sum, { bytes }) => sum + Buffer.byteLength(bytes?.B ?? '', 'base64'),
    0,
  );
  return {
    processorMs,
    scaledMs,
    // Lambda may keep the sandbox between two checks or not. These costs assume that it never does, nor for the secret.
    billedMs: scaledMs + ASSUMED_WAIT_MS + COLD_START_MS,
    memoryMb: process.resourceUsage().maxRSS / 1024,
    // CloudWatch adds 26 bytes to each event; Lambda logs a line at the start and one at the end.
    logBytes: Math.round(logBytes / CHECKS) + LAMBDA_LOG_BYTES + 4 * 26,
    readUnits: Math.ceil(itemBytes / 4096),
  };
}

/** The value of --billed-ms; undefined without it. Lambda ends an invocation after 15 minutes. */
function billedMsFrom(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  return wholeNumber(USAGE, ['billed-ms', written], { min: 1, max: 900_000 });
}

function dollars(price: number | undefined): string {
  return (price ?? Number.NaN).toFixed(price !== undefined && price < 0.1 ? 3 : 2);
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
