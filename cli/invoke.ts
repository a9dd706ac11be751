import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { READ_TIMEOUT_SECONDS } from '../lambda/aws/cli-commands.ts';
import { SyncAlertsError } from '../lambda/errors.ts';
import type { AwsCli } from './aws-cli.ts';
import { messageOf } from './error-message.ts';
import { responseText } from './response-text.ts';
import type { Output } from './terminal.ts';

const WORKED = 0;
const FAILED = 1;
const USAGE_ERROR = 2;

const HELP = `Asks a deployed sync-alerts something, and prints its answer.

npm run invoke -- <environment> report              posts the health of every sync to Slack
npm run invoke -- <environment> report --no-post    says it here alone
npm run invoke -- <environment> check               checks now
npm run invoke -- <environment> check --dry-run     says what would be posted; changes nothing
npm run invoke -- <environment> test                proves that secret, listing, memory and Slack work
npm run invoke -- <environment> '{"command":…}'     any event, as JSON

--json                 the answer as it came, for programs (npm run --silent invoke -- …)
--region, --profile    as the AWS CLI takes them, which finds credentials and region as it always does

Exit status: 0 it worked, 1 it failed, 2 it was asked wrongly.
`;

interface Command {
  readonly environment: string;
  readonly event: unknown;
  readonly json: boolean;
  /** Of the AWS CLI. */
  readonly options: readonly string[];
}

/**
 * Finds the function of an environment through the outputs of its stack, invokes it once, waiting longer than it may take,
 * and prints its answer. Answers the exit status.
 *
 * @param regionOf The region that an environment is pinned to: the AWS CLI's own is meant where there is none.
 */
export async function invoke(
  parameters: readonly string[],
  aws: AwsCli,
  regionOf: (environment: string) => string | undefined,
  stdout: Output,
  stderr: Output,
): Promise<number> {
  const command = parse(parameters, regionOf);
  if (command === 'help') {
    stdout.write(HELP);
    return WORKED;
  }
  if (typeof command === 'string') {
    stderr.write(`${command}\n\n${HELP}`);
    return USAGE_ERROR;
  }
  try {
    const answer = await ask(await functionOf(command, aws), command, aws);
    stdout.write(`${command.json ? JSON.stringify(answer, null, 2) : responseText(answer)}\n`);
    return v.is(v.looseObject({ ok: v.literal(true) }), answer) ? WORKED : USAGE_ERROR;
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    stderr.write(`${error.message}\n`);
    return FAILED;
  }
}

/** What is asked, 'help', or what is wrong with it. */
function parse(
  parameters: readonly string[],
  regionOf: (environment: string) => string | undefined,
): Command | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        'no-post': { type: 'boolean', default: false },
        region: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const [environment, command, ...others] = positionals;
    if (environment === undefined || command === undefined || others.length > 0) {
      return 'expected an environment and a command';
    }
    const { region = regionOf(environment), profile } = values;
    const fields = { ...(values['dry-run'] && { dryRun: true }), ...(values['no-post'] && { post: false }) };
    const event: unknown = command.startsWith('{') ? JSON.parse(command) : { command, ...fields };
    const options = [
      ...(region === undefined ? [] : ['--region', region]),
      ...(profile === undefined ? [] : ['--profile', profile]),
    ];
    return { environment, event, json: values.json, options };
  } catch (error) {
    return messageOf(error).split('. ')[0] ?? 'it was asked wrongly';
  }
}

const stacksSchema = v.object({
  Stacks: v.tuple([
    v.object({
      Outputs: v.optional(v.array(v.object({ OutputKey: v.string(), OutputValue: v.string() })), []),
    }),
  ]),
});

async function functionOf({ environment, options }: Command, aws: AwsCli): Promise<string> {
  const stack = `SyncAlerts-${environment}`;
  const described = v.safeParse(
    stacksSchema,
    await aws(['cloudformation', 'describe-stacks', '--stack-name', stack, ...options]),
  );
  const outputs = described.success ? described.output.Stacks[0].Outputs : [];
  const name = outputs.find(({ OutputKey }) => OutputKey === 'FunctionName')?.OutputValue;
  if (name !== undefined) return name;
  const what = `the stack ${stack} has no output FunctionName: deploy it again, or name another environment`;
  throw new SyncAlertsError('function_unknown', what);
}

const invocationSchema = v.object({ FunctionError: v.optional(v.string()) });
const errorSchema = v.object({ errorMessage: v.string() });

/** @throws SyncAlertsError `invocation_failed` with what the function said. */
async function ask(functionName: string, { event, options }: Command, aws: AwsCli): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-'));
  try {
    const eventFile = join(folder, 'event.json');
    const answerFile = join(folder, 'answer.json');
    writeFileSync(eventFile, JSON.stringify(event));
    // "fileb" is the one way to give a payload that both versions of the CLI understand alike.
    const payload = ['--payload', `fileb://${eventFile}`, '--cli-read-timeout', String(READ_TIMEOUT_SECONDS)];
    // A second attempt could post to Slack a second time.
    const invoked = await aws(
      ['lambda', 'invoke', '--function-name', functionName, ...payload, ...options, answerFile],
      { attempts: 1 },
    );
    const answer: unknown = JSON.parse(readFileSync(answerFile, 'utf8'));
    if (v.parse(invocationSchema, invoked).FunctionError === undefined) return answer;
    const said = v.is(errorSchema, answer) ? answer.errorMessage : JSON.stringify(answer);
    throw new SyncAlertsError('invocation_failed', said);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
