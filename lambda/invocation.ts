import { randomUUID } from 'node:crypto';
import { type Answer, checkLog, checkSaid, reportSaid, type Said, testSaid } from './answer.ts';
import { check } from './check.ts';
import { invokeCommand } from './commands.ts';
import { SyncAlertsError } from './errors.ts';
import { type Asked, parseEvent } from './event.ts';
import { metricsLine } from './metrics.ts';
import { CheckFailed } from './outcome.ts';
import type { CheckSettings, Ports } from './ports.ts';
import { report } from './report.ts';
import { runbook, sectionAboutError } from './runbook.ts';
import { type Step, testDeployment } from './test-command.ts';
import { measured } from './took.ts';
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

export type Handler = (event: unknown, context: InvocationContext) => Promise<Answer>;

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
    const { asked } = parsed;
    let steps: Steps = () => ({});
    const took = () => ({ ...steps(), total: Math.round(performance.now() - started) });
    try {
      wiring ??= wire(world);
      const said = await run(asked, wiring, context, (measured) => {
        steps = measured;
      });
      const tookMs = took();
      tell(said);
      log('info', { ...said.log, ...scheduled(asked), tookMs, coldStart: isColdStart });
      measure(asked, said, wiring, context);
      return { ...said.answer, tookMs };
    } catch (error) {
      const { safe, details } = sayable(error, wiring);
      const said = failed(error, asked);
      tell(said);
      log('error', {
        command: asked.command,
        ...said.log,
        ...details,
        ...scheduled(asked),
        ok: false,
        error: { code: safe.code, message: safe.message },
        runbook: runbook(sectionAboutError(causeCode(error) ?? safe.code)),
        tookMs: took(),
        coldStart: isColdStart,
      });
      measure(asked, said, wiring, context);
      throw safe;
    }
  };

  function tell({ told }: Pick<Said, 'told'>): void {
    for (const change of told) log('info', { event: 'told', ...change });
  }

  /**
   * A dry run is no check. Without the settings nobody knows whose figures they are: then the function's own errors have
   * to do.
   */
  function measure(
    asked: Asked,
    { figures }: Pick<Said, 'figures'>,
    wired: Wiring | undefined,
    { awsRequestId }: InvocationContext,
  ): void {
    if (asked.command !== 'check' || asked.dryRun || figures === undefined || wired === undefined) return;
    print(metricsLine(wired.settings.environment, awsRequestId, figures));
  }
}

/** How long each step took so far, in milliseconds: of use above all when a later one fails. */
type Steps = () => Readonly<Record<string, number>>;

async function run(
  asked: Asked,
  wiring: Wiring,
  context: InvocationContext,
  measures: (steps: Steps) => void,
): Promise<Said> {
  const { settings, secret, portsFor } = wiring;
  const { environment, policy, region } = settings;
  const started = performance.now();
  const { organisation } = await secret.read();
  const read: Step = {
    step: 'secret',
    ok: true,
    said: 'it was read, and holds all that is needed',
    tookMs: Math.round(performance.now() - started),
  };
  const { ports, took } = measured(portsFor(organisation));
  measures(() => ({ secret: read.tookMs, ...took() }));
  const reportEvent = { command: 'report', post: false };
  const place = {
    environment,
    organisation,
    moreHint: invokeCommand(context.functionName, reportEvent, { region }),
  };
  return dispatch(asked, ports, read, {
    policy,
    place,
    checkId: `${context.awsRequestId}/${randomUUID().slice(0, 8)}`,
    // Read when all that came before is over: what is left is what a check can use.
    killedAfterSeconds: context.getRemainingTimeInMillis() / 1000,
    dryRun: asked.command === 'check' && asked.dryRun,
  });
}

async function dispatch(asked: Asked, ports: Ports, secret: Step, settings: CheckSettings): Promise<Said> {
  switch (asked.command) {
    case 'check':
      return checkSaid(await check(ports, settings));
    case 'report':
      return reportSaid(await report(ports, settings, asked.post));
    case 'test':
      return testSaid(await testDeployment(ports, settings, secret));
  }
}

/**
 * The error to throw, and its stack to log. Lambda logs an error with all that it holds, causes and outcome included: so
 * it is made anew from its message, without any value of the secret.
 */
function sayable(
  error: unknown,
  wiring: Wiring | undefined,
): { readonly safe: SyncAlertsError; readonly details: Readonly<Record<string, unknown>> } {
  const masked = (text: string) => wiring?.secret.masked(text) ?? text;
  if (error instanceof SyncAlertsError) {
    return { safe: new SyncAlertsError(error.code, masked(error.message)), details: {} };
  }
  // A defect of ours: its stack says where.
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const safe = new SyncAlertsError('unexpected', masked(`unexpected ${name}: ${message}`));
  return { safe, details: { stack: masked(stack) } };
}

/** What is logged and measured of an invocation that failed. */
function failed(error: unknown, asked: Asked): Omit<Said, 'answer'> {
  if (asked.command !== 'check') return { log: {}, told: [] };
  return checkLog(error instanceof CheckFailed ? error.outcome : undefined, false);
}

/** A check that failed says by its first cause what is the matter. */
function causeCode(error: unknown): string | undefined {
  const cause = error instanceof CheckFailed ? error.cause : undefined;
  return cause instanceof SyncAlertsError ? cause.code : undefined;
}

function scheduled(asked: Asked): { readonly scheduledAt?: string } {
  const hasTime = asked.command === 'check' && asked.scheduledAt !== undefined;
  return hasTime ? { scheduledAt: asked.scheduledAt } : {};
}
