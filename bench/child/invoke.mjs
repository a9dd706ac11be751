import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

/*
 * In: the file of a bundle, and an event in each line of standard input. Out: a line of JSON for the import of the bundle,
 * then one for each invocation, with its cost. It runs a bundle as Lambda does, without its runtime client.
 * bench/function-process.ts starts it on the deployed version of Node.js. Plain JavaScript: a transpiler would be measured too.
 */

const [bundle = ''] = process.argv.slice(2);
const context = {
  awsRequestId: 'bench',
  functionName: 'SyncAlerts-bench-Function',
  getRemainingTimeInMillis: () => 300_000,
};

// As its runtime client does with JSON logging: a line of JSON for each entry, where Node.js would format it for people.
for (const level of ['debug', 'info', 'warn', 'error'])
  console[level] = (message) => {
    const entry = {
      timestamp: new Date(),
      level: level.toUpperCase(),
      requestId: context.awsRequestId,
      message,
    };
    process.stdout.write(`${JSON.stringify(entry)}\n`);
  };

const beforeImport = process.cpuUsage();
const { handler } = createRequire(import.meta.url)(bundle);
print({ ok: true, cpuMs: cpuMsSince(beforeImport), wallMs: 0, peakMb: peakMb() });

for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  let error;
  await handler(JSON.parse(line), context).catch((thrown) => {
    error = String(thrown);
  });
  print({
    ok: error === undefined,
    cpuMs: cpuMsSince(before),
    wallMs: performance.now() - startedMs,
    peakMb: peakMb(),
    ...(error !== undefined && { error }),
  });
}

/** The prefix separates the line from those that the function prints on standard output itself. */
function print(cost) {
  process.stdout.write(`\nBENCH ${JSON.stringify(cost)}\n`);
}

function cpuMsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The peak resident size of this process, code and heap together. */
function peakMb() {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}
