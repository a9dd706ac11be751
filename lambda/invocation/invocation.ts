import { randomUUID } from 'node:crypto';
import { invokeCommand } from '../aws/cli-commands.ts';
import { check } from '../commands/check.ts';
import { CheckFailed } from '../commands/outcome.ts';
import type { CheckSettings, Ports } from '../commands/ports.ts';
import { report } from '../commands/report.ts';
import { type Step, testDeployment } from '../commands/test-deployment.ts';
import { timedPorts } from '../commands/timed-ports.ts';
import { SyncAlertsError } from '../errors.ts';
import { type Command, parseEvent } from './event.ts';
import { metricsLine } from './metrics.ts';
import {
  checkLog,
  checkResult,
  type InvocationResponse,
  type InvocationResult,
  reportResult,
  testResult,
} from './response.ts';
import { runbook, sectionAboutError } from './runbook.ts';
import { type Wiring, type World, wire } from './wiring.ts';

/** What we use of the context that Lambda gives with an event. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  getRemainingTimeInMillis(): number;
}

/** Writes one structured line. */
export type Log = (level: 'info' | 'error', entry: Readonly<Record<string, unknown>>) => void;

/** Prints a line as it is: what Lambda wraps is no metric any more. */
export type Print = (line: string) => void;

export type Handler = (event: unknown, context: InvocationContext) => Promise<InvocationResponse>;

/**
 * The function: parses the event, wires the adapters at its first invocation, and does what was asked. Asked wrongly it
 * answers `{ok: false}`; what fails is thrown, as an error that holds no secret and nothing but its message. Each
 * invocation is one line in the log, after one for each change that was told; a check prints one of metrics too.
 */
export function createHandler(world: World, log: Log, print: Print): Handler {
  let wiring: Wiring | undefined;

  return async (event, context) => {
    const started = performance.now();
    const isColdStart = wiring === undefined;
    const parsed = parseEvent(event);
    if (!parsed.ok) {
      log('info', { ok: false, error: parsed.error });
      return parsed;
    }
    const { command } = parsed;
    let steps: Steps = () => ({});
    const durations = () => ({ ...steps(), total: Math.round(performance.now() - started) });
    try {
      wiring ??= wire(world);
      const said = await run(command, wiring, context, (timedPorts) => {
        steps = timedPorts;
      });
      const durationsMs = durations();
      tell(said);
      log('info', { ...said.log, ...scheduled(command), durationsMs, coldStart: isColdStart });
      measure(command, said, wiring, context);
      return { ...said.response, durationsMs };
    } catch (error) {
      const { safe, details } = sanitized(error, wiring);
      const said = failed(error, command);
      tell(said);
      log('error', {
        command: command.command,
        ...said.log,
        ...details,
        ...scheduled(command),
        ok: false,
        error: { code: safe.code, message: safe.message },
        runbook: runbook(sectionAboutError(causeCode(error) ?? safe.code)),
        durationsMs: durations(),
        coldStart: isColdStart,
      });
      measure(command, said, wiring, context);
      throw safe;
    }
  };

  function tell({ notified: told }: Pick<InvocationResult, 'notified'>): void {
    for (const change of told) log('info', { event: 'notified', ...change });
  }

  /**
   * A dry run is no check. Without the settings nobody knows whose figures they are: then the function's own errors have
   * to do.
   */
  function measure(
    command: Command,
    { figures }: Pick<InvocationResult, 'figures'>,
    wired: Wiring | undefined,
    { awsRequestId }: InvocationContext,
  ): void {
    if (command.command !== 'check' || command.dryRun || figures === undefined || wired === undefined) return;
    print(metricsLine(wired.settings.environment, awsRequestId, figures));
  }
}

/** How long each step took so far, in milliseconds: of use above all when a later one fails. */
type Steps = () => Readonly<Record<string, number>>;

async function run(
  command: Command,
  wiring: Wiring,
  context: InvocationContext,
  measures: (steps: Steps) => void,
): Promise<InvocationResult> {
  const { settings, secret, portsFor } = wiring;
  const { environment, policy, region } = settings;
  const started = performance.now();
  const { organisation } = await secret.read();
  const read: Step = {
    step: 'secret',
    ok: true,
    message: 'it was read, and holds all that is needed',
    durationMs: Math.round(performance.now() - started),
  };
  const { ports, durations } = timedPorts(portsFor(organisation));
  measures(() => ({ secret: read.durationMs, ...durations() }));
  const reportEvent = { command: 'report', post: false };
  const origin = {
    environment,
    organisation,
    moreHint: invokeCommand(context.functionName, reportEvent, { region }),
  };
  return dispatch(command, ports, read, {
    policy,
    origin,
    checkId: `${context.awsRequestId}/${randomUUID().slice(0, 8)}`,
    // Read when all that came before is over: what is left is what a check can use.
    remainingSeconds: context.getRemainingTimeInMillis() / 1000,
    dryRun: command.command === 'check' && command.dryRun,
  });
}

async function dispatch(
  command: Command,
  ports: Ports,
  secret: Step,
  settings: CheckSettings,
): Promise<InvocationResult> {
  switch (command.command) {
    case 'check':
      return checkResult(await check(ports, settings));
    case 'report':
      return reportResult(await report(ports, settings, command.post));
    case 'test':
      return testResult(await testDeployment(ports, settings, secret));
  }
}

/**
 * The error to throw, and its stack to log. Lambda logs an error with all that it holds, causes and outcome included: so
 * it is made anew from its message, without any value of the secret.
 */
function sanitized(
  error: unknown,
  wiring: Wiring | undefined,
): { readonly safe: SyncAlertsError; readonly details: Readonly<Record<string, unknown>> } {
  const redacted = (text: string) => wiring?.secret.redacted(text) ?? text;
  if (error instanceof SyncAlertsError) {
    return { safe: new SyncAlertsError(error.code, redacted(error.message)), details: {} };
  }
  // A defect of ours: its stack says where.
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const safe = new SyncAlertsError('unexpected', redacted(`unexpected ${name}: ${message}`));
  return { safe, details: { stack: redacted(stack) } };
}

/** What is logged and measured of an invocation that failed. */
function failed(error: unknown, command: Command): Omit<InvocationResult, 'response'> {
  if (command.command !== 'check') return { log: {}, notified: [] };
  return checkLog(error instanceof CheckFailed ? error.outcome : undefined, false);
}

/** A check that failed says by its first cause what is the matter. */
function causeCode(error: unknown): string | undefined {
  const cause = error instanceof CheckFailed ? error.cause : undefined;
  return cause instanceof SyncAlertsError ? cause.code : undefined;
}

function scheduled(command: Command): { readonly scheduledAt?: string } {
  const hasTime = command.command === 'check' && command.scheduledAt !== undefined;
  return hasTime ? { scheduledAt: command.scheduledAt } : {};
}
