// In: an event and Lambda's context.
// Out: a response, or an error without secrets; log entries; a line of metrics.
// Called by: handler.ts for every invocation: every 5 minutes by EventBridge Scheduler, at any time by people.
import type { Change } from '../core/digest/changes.ts';
import { type Command, parseEvent } from './event.ts';
import { causeCode, sanitized } from './failure.ts';
import { type Figures, metricsLine } from './metrics.ts';
import { failureResult, type InvocationResponse } from './response.ts';
import { type InvocationContext, runCommand, type StepDurations } from './run-command.ts';
import { runbook, sectionAboutError } from './runbook.ts';
import { type Runtime, type Wiring, wire } from './wiring.ts';

/** Writes one structured log entry. */
export type Log = (level: 'info' | 'error', entry: Readonly<Record<string, unknown>>) => void;

/** Prints a line unchanged: CloudWatch reads no metrics from a line that Lambda has wrapped in JSON. */
export type Print = (line: string) => void;

export type Handler = (event: unknown, context: InvocationContext) => Promise<InvocationResponse>;

/**
 * The function behind `handler`. It wires the adapters at its first valid invocation and keeps them for the life of the
 * container.
 *
 * A usage error is a response `{ok: false}`; every failure is thrown, because Lambda counts and alarms on thrown errors
 * only. Each invocation writes one log entry, after one for each change that Slack accepted; a check that is not a dry
 * run also prints one line of metrics.
 */
export function createHandler(runtime: Runtime, log: Log, print: Print): Handler {
  let wiring: Wiring | undefined;

  return async (event, context) => {
    const startedMs = performance.now();
    const coldStart = wiring === undefined;
    const parsed = parseEvent(event);
    if (!parsed.ok) {
      log('info', { ok: false, error: parsed.error });
      return parsed;
    }
    const { command } = parsed;
    let stepDurations: StepDurations = () => ({});
    const readDurations = () => ({ ...stepDurations(), total: Math.round(performance.now() - startedMs) });
    try {
      wiring ??= wire(runtime);
      const result = await runCommand(command, { wiring, context }, (durations) => {
        stepDurations = durations;
      });
      const durationsMs = readDurations();
      logChanges(result.notified);
      const links = result.sections.map((section) => runbook(section, runbookPage()));
      const found = links.length > 0 && { runbook: links };
      log('info', { ...result.log, ...found, ...scheduledAt(command), durationsMs, coldStart });
      printMetrics(command, result.figures, context);
      return { ...result.response, durationsMs };
    } catch (error) {
      const { safe, details } = sanitized(error, wiring);
      const result = failureResult(command, error);
      logChanges(result.notified);
      log('error', {
        command: command.command,
        ...result.log,
        ...details,
        ...scheduledAt(command),
        ok: false,
        error: { code: safe.code, message: safe.message },
        runbook: runbook(sectionAboutError(causeCode(error) ?? safe.code), runbookPage()),
        durationsMs: readDurations(),
        coldStart,
      });
      printMetrics(command, result.figures, context);
      throw safe;
    }
  };

  /** Unknown while the settings are invalid. */
  function runbookPage(): string | undefined {
    return wiring?.settings.policy.links.runbook;
  }

  function logChanges(changes: readonly Change[]): void {
    for (const change of changes) log('info', { event: 'notified', ...change });
  }

  /** Without valid settings the environment of the figures is unknown: only Lambda's own error metric counts then. */
  function printMetrics(
    command: Command,
    figures: Figures | undefined,
    { awsRequestId: requestId, functionName }: InvocationContext,
  ): void {
    const isDryRun = command.command === 'check' && command.dryRun;
    if (figures === undefined || isDryRun || wiring === undefined) return;
    const { environment } = wiring.settings;
    const dimensions = { Environment: environment, FunctionName: functionName };
    print(metricsLine({ dimensions, requestId, now: Date.now() }, figures));
  }
}

function scheduledAt(command: Command): { readonly scheduledAt?: string } {
  if (command.command !== 'check' || command.scheduledAt === undefined) return {};
  return { scheduledAt: command.scheduledAt };
}
