import { randomUUID } from 'node:crypto';
import { invokeCommand } from '../aws/cli-commands.ts';
import { check } from '../commands/check.ts';
import type { CheckSettings } from '../commands/ports.ts';
import { report } from '../commands/report.ts';
import { acknowledge, endSilence, listSilences, type SilencePorts, silence } from '../commands/silences.ts';
import { type Step, type TestedHost, testDeployment } from '../commands/test-deployment.ts';
import { timedPorts } from '../commands/timed-ports.ts';
import type { Command } from './event.ts';
import { checkResult, type InvocationResult, reportResult, silenceResult, testResult } from './response.ts';
import type { Wiring } from './wiring.ts';

/** The part of Lambda's context that the function reads. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  getRemainingTimeInMillis(): number;
}

/** Milliseconds per step so far. Readable at any time, because they matter most when a later step fails. */
export type StepDurations = () => Readonly<Record<string, number>>;

/**
 * Reads the secret, connects the ports of the organisation in it, and runs the command.
 *
 * @param onSecretRead Receives the durations once the ports exist, before the command starts.
 */
export async function runCommand(
  command: Command,
  { wiring, context }: { readonly wiring: Wiring; readonly context: InvocationContext },
  onSecretRead: (durations: StepDurations) => void,
): Promise<InvocationResult> {
  const startedMs = performance.now();
  // A test proves the secret as it is now, not the values that this sandbox read up to 15 minutes ago.
  const { organisation } = await (command.command === 'test'
    ? wiring.secret.readFresh()
    : wiring.secret.read());
  const durationMs = Math.round(performance.now() - startedMs);
  const connected = wiring.portsFor(organisation);
  const { ports, durations } = timedPorts(connected);
  onSecretRead(() => ({ secret: durationMs, ...durations() }));

  const { environment, policy, region, connectorId, tableName } = wiring.settings;
  const moreHint = invokeCommand(context.functionName, { command: 'report', post: false }, { region });
  const settings: CheckSettings = {
    policy,
    origin: {
      environment,
      organisation,
      ...(connectorId !== undefined && { connectorId }),
      moreHint,
      commandPrefix: `npm run invoke -- ${environment}`,
    },
    checkId: `${context.awsRequestId}/${randomUUID().slice(0, 8)}`,
    // Read last: the cold start and the reading of the secret have used some of the time.
    remainingSeconds: context.getRemainingTimeInMillis() / 1000,
    dryRun: command.command === 'check' && command.dryRun,
  };
  const secretStep: Step = {
    step: 'secret',
    ok: true,
    message: 'the secret holds every value that is needed',
    durationMs,
  };
  const tested: TestedHost = { before: [secretStep], stateLabel: `the table ${tableName}` };
  const silencePorts = { ...ports, silences: connected.silences, random: Math.random };
  return dispatch(command, silencePorts, { settings, tested });
}

async function dispatch(
  command: Command,
  ports: SilencePorts,
  { settings, tested }: { readonly settings: CheckSettings; readonly tested: TestedHost },
): Promise<InvocationResult> {
  switch (command.command) {
    case 'check':
      return checkResult(await check(ports, settings));
    case 'report':
      return reportResult(await report(ports, settings, command.post));
    case 'test':
      return testResult(
        await testDeployment(
          ports,
          settings,
          command.post === false ? { ...tested, notPosted: NOT_POSTED } : tested,
        ),
      );
    case 'silence':
      return silenceResult(command.command, await silence(ports, settings, command.request));
    case 'ack':
      return silenceResult(command.command, await acknowledge(ports, command.request));
    case 'silences':
      return silenceResult(command.command, await listSilences(ports, settings));
    case 'unsilence':
      return silenceResult(command.command, await endSilence(ports, command.id));
  }
}

const NOT_POSTED = 'not tested: this test posts nothing';
