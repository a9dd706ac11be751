import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { READ_TIMEOUT_SECONDS } from '../lambda/aws/cli-commands.ts';
import { SyncAlertsError } from '../lambda/errors.ts';
import type { AwsCli } from './aws-cli.ts';
import type { Request } from './command-line.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { printHelp } from './help-text.ts';
import { eventOf } from './invoke-event.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { printerFor } from './printer.ts';
import type { Process } from './process.ts';
import { hasNews, isFailure, responseText } from './response-text.ts';
import { authorOf } from './silence-event.ts';

/** How to reach the deployed environments. */
interface Deployments {
  readonly aws: AwsCli;
  /** The region that an environment is pinned to; undefined means the region of the AWS CLI. */
  readonly regionOf: (environment: string) => string | undefined;
}

/**
 * `npm run invoke`: takes an environment and a command, invokes the environment's function once and prints the response.
 * Returns the exit code. cli/invoke-main.ts calls it.
 */
export async function invoke(
  { args, environment: variables, stdout, stderr }: Omit<Process, 'now'>,
  { aws, regionOf }: Deployments,
): Promise<ExitCode> {
  const parsed = parseCommandLine({ args, environment: variables }, 'invoke');
  if (parsed.kind !== 'request') return printHelp(parsed, 'invoke', { stdout, stderr });
  const { request, target: deployed } = parsed;
  const { given } = request;
  const event = eventOf(request, authorOf());
  if (event === undefined) {
    stderr.write('the event is not valid JSON\n');
    return EXIT_CODES.usageError;
  }
  const printer = printerFor({ stdout, stderr, environment: variables }, request);
  try {
    const target = awsOptions(given, regionOf(deployed));
    const functionName = await functionOf(deployed, target, aws);
    const response = await invokeFunction({ functionName, event, target }, aws);
    if (!given.has('quiet') || hasNews(response)) {
      printer.json(response);
      printer.text(responseText(response, given.has('verbose')));
    }
    // The function answers `ok: false` to a usage error, and throws when it fails.
    if (!v.is(v.looseObject({ ok: v.literal(true) }), response)) return EXIT_CODES.usageError;
    return isFailure(response) ? EXIT_CODES.failure : EXIT_CODES.success;
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    printer.complaint(error.message);
    return EXIT_CODES.failure;
  }
}

/** The options of the AWS CLI that say where the function is and with which profile to reach it. */
function awsOptions(given: Request['given'], pinned: string | undefined): readonly string[] {
  const region = given.get('region') ?? pinned;
  const profile = given.get('profile');
  return [
    ...(region === undefined ? [] : ['--region', region]),
    ...(profile === undefined ? [] : ['--profile', profile]),
  ];
}

const stacksSchema = v.object({
  Stacks: v.tuple([
    v.object({
      Outputs: v.optional(v.array(v.object({ OutputKey: v.string(), OutputValue: v.string() })), []),
    }),
  ]),
});

/** The function's name, from the outputs of the environment's stack. */
async function functionOf(environment: string, target: readonly string[], aws: AwsCli): Promise<string> {
  const stack = `SyncAlerts-${environment}`;
  const described = v.safeParse(
    stacksSchema,
    await aws(['cloudformation', 'describe-stacks', '--stack-name', stack, ...target]),
  );
  const outputs = described.success ? described.output.Stacks[0].Outputs : [];
  const name = outputs.find(({ OutputKey }) => OutputKey === 'FunctionName')?.OutputValue;
  if (name !== undefined) return name;
  throw new SyncAlertsError(
    'function_unknown',
    `the stack ${stack} has no output FunctionName: deploy it again, or use another environment`,
  );
}

interface Invocation {
  readonly functionName: string;
  readonly event: unknown;
  readonly target: readonly string[];
}

const invocationSchema = v.object({ FunctionError: v.optional(v.string()) });
const errorSchema = v.object({ errorMessage: v.string() });

/** @throws SyncAlertsError `invocation_failed` with the function's error message. */
async function invokeFunction({ functionName, event, target }: Invocation, aws: AwsCli): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-'));
  try {
    const eventFile = join(folder, 'event.json');
    const responseFile = join(folder, 'response.json');
    writeFileSync(eventFile, JSON.stringify(event));
    // Versions 1 and 2 of the AWS CLI decode other forms of a payload differently.
    const payload = ['--payload', `fileb://${eventFile}`, '--cli-read-timeout', String(READ_TIMEOUT_SECONDS)];
    // One attempt: a second one could post to Slack again.
    const invoked = await aws(
      ['lambda', 'invoke', '--function-name', functionName, ...payload, ...target, responseFile],
      { attempts: 1 },
    );
    const response: unknown = JSON.parse(readFileSync(responseFile, 'utf8'));
    if (v.parse(invocationSchema, invoked).FunctionError === undefined) return response;
    const message = v.is(errorSchema, response) ? response.errorMessage : JSON.stringify(response);
    throw new SyncAlertsError('invocation_failed', message);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
