import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsCli } from '../../cli/aws-cli.ts';
import { invoke } from '../../cli/invoke.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const OUTPUTS = { Stacks: [{ Outputs: [{ OutputKey: 'FunctionName', OutputValue: 'the-function' }] }] };

interface Cli {
  readonly stacks?: unknown;
  readonly invoked?: unknown;
  readonly response?: unknown;
  /** It fails with this message instead. */
  readonly stderr?: string;
}

/** A fake AWS CLI on the PATH, which records its calls. */
function aCli({ stacks = OUTPUTS, invoked = { StatusCode: 200 }, response = { ok: true }, stderr }: Cli) {
  const folder = mkdtempSync(join(tmpdir(), 'invoke-test-'));
  folders.push(folder);
  const calls = join(folder, 'calls');
  const program = `#!${process.execPath}
    const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
    const args = process.argv.slice(2);
    const payload = args.find((it) => it.startsWith('fileb://'));
    const event = payload && JSON.parse(readFileSync(payload.slice('fileb://'.length), 'utf8'));
    appendFileSync(${JSON.stringify(calls)}, JSON.stringify({ args, event, attempts: process.env.AWS_MAX_ATTEMPTS }) + '\\n');
    if (${JSON.stringify(stderr ?? '')}) {
      process.stderr.write(${JSON.stringify(stderr ?? '')});
      process.exit(254);
    }
    const isInvocation = args[0] === 'lambda';
    if (isInvocation) writeFileSync(args.find((it) => it.endsWith('response.json')), ${JSON.stringify(JSON.stringify(response))});
    console.log(JSON.stringify(isInvocation ? ${JSON.stringify(invoked)} : ${JSON.stringify(stacks)}));
  `;
  writeFileSync(join(folder, 'aws'), program);
  chmodSync(join(folder, 'aws'), 0o755);
  return {
    aws: awsCli({ PATH: folder }),
    calls: (): { args: string[]; event?: unknown; attempts?: string }[] =>
      existsSync(calls)
        ? readFileSync(calls, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
  };
}

async function run(
  args: readonly string[],
  cli: Cli = {},
  { pinned, environment = {} }: { readonly pinned?: string | undefined; readonly environment?: object } = {},
) {
  const { aws, calls } = aCli(cli);
  const written = { stdout: '', stderr: '' };
  const status = await invoke(
    {
      args,
      environment,
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
    },
    { aws, regionOf: () => pinned },
  );
  return { status, ...written, calls: calls() };
}

describe('npm run invoke', () => {
  it('finds the function by the outputs of its stack, and invokes it once with a read timeout of 90 s', async () => {
    const { calls } = await run(['prod', 'check', '--dry-run']);
    expect(calls).toEqual([
      {
        args: ['cloudformation', 'describe-stacks', '--stack-name', 'SyncAlerts-prod', '--output', 'json'],
      },
      {
        args: [
          'lambda',
          'invoke',
          '--function-name',
          'the-function',
          '--payload',
          expect.stringMatching(/^fileb:/),
          '--cli-read-timeout',
          '90',
          expect.stringMatching(/response\.json$/),
          '--output',
          'json',
        ],
        event: { command: 'check', dryRun: true },
        attempts: '1',
      },
    ]);
  });

  it.each<[readonly string[], unknown]>([
    [['check'], { command: 'check' }],
    [['check', '--dry-run'], { command: 'check', dryRun: true }],
    [['check', '--no-post'], { command: 'check', dryRun: true }],
    [['report'], { command: 'report', post: false }],
    [['report', '--post'], { command: 'report', post: true }],
    [['report', '--no-post'], { command: 'report', post: false }],
    [['report', '--post', '--dry-run'], { command: 'report', post: false }],
    [['test'], { command: 'test' }],
    [['test', '--dry-run'], { command: 'test', post: false }],
    [['event', '{"command":"check","scheduledAt":"x"}'], { command: 'check', scheduledAt: 'x' }],
    [['{"command":"check","scheduledAt":"x"}'], { command: 'check', scheduledAt: 'x' }],
  ])('%j sends the event %j', async (args, event) => {
    const { calls } = await run(['prod', ...args]);
    expect(calls.at(-1)?.event).toEqual(event);
  });

  it.each<[readonly string[], string | undefined, readonly string[]]>([
    [[], undefined, []],
    [[], 'eu-west-1', ['--region', 'eu-west-1']],
    [
      ['--region', 'eu-west-2', '--profile', 'mine'],
      'eu-west-1',
      ['--region', 'eu-west-2', '--profile', 'mine'],
    ],
  ])(
    'passes %j to the AWS CLI for an environment pinned to the region %s',
    async (options, pinned, expected) => {
      const { calls } = await run(['prod', 'test', ...options], {}, { pinned });
      for (const { args } of calls) {
        expect(args.filter((_, index) => /^--(region|profile)$/.test(args[index - 1] ?? ''))).toEqual(
          expected.filter((it) => !it.startsWith('--')),
        );
      }
    },
  );

  it('prints the response as text, and as JSON on --json', async () => {
    const response = { ok: true, command: 'test', steps: [] };
    const stopped = { ok: true, command: 'check', result: 'lease_held', reason: 'another check is running' };
    expect(await run(['prod', 'check'], { response: stopped })).toMatchObject({
      status: 0,
      stdout: 'The check stopped: another check is running.\n',
    });
    const { stdout } = await run(['prod', 'test', '--json'], { response });
    expect(stdout).toBe(`${JSON.stringify(response, null, 2)}\n`);
  });

  it('exits with 1 and prints the error when the function fails', async () => {
    const response = { errorType: 'SyncAlertsError', errorMessage: 'the secret "x" is not usable' };
    const { status, stdout, stderr } = await run(['prod', 'check'], {
      invoked: { StatusCode: 200, FunctionError: 'Unhandled' },
      response,
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'the secret "x" is not usable\n',
    });
  });

  it('exits with 2 when the function answers a usage error', async () => {
    const response = { ok: false, error: 'there is no command "chekc"' };
    const { status, stdout } = await run(['prod', '{"command":"chekc"}'], { response });
    expect({ status, stdout }).toEqual({ status: 2, stdout: 'there is no command "chekc"\n' });
  });

  it('exits with 1 and prints the error when the AWS CLI fails', async () => {
    const { status, stderr, calls } = await run(['nowhere', 'test'], { stderr: 'Stack does not exist\n' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'aws cloudformation describe-stacks: Stack does not exist\n',
    });
    expect(calls).toHaveLength(1);
  });

  it.each([[{ Stacks: [] }], [{ Stacks: [{}] }]])(
    'exits with 1 when the stack has no output FunctionName: %j',
    async (stacks) => {
      const { status, stderr } = await run(['prod', 'test'], { stacks });
      expect(status).toBe(1);
      expect(stderr).toContain('the stack SyncAlerts-prod has no output FunctionName');
    },
  );

  it('names a missing AWS CLI in the error', async () => {
    const nowhere = mkdtempSync(join(tmpdir(), 'invoke-test-'));
    folders.push(nowhere);
    await expect(awsCli({ PATH: nowhere })(['sts', 'get-caller-identity'])).rejects.toThrow(
      'aws sts get-caller-identity: the AWS CLI is not installed',
    );
  });

  it('exits with 1 when the check left something undelivered', async () => {
    const syncs = {
      listed: 1,
      healthy: 0,
      problems: { failing: 1 },
      paused: 0,
      inconclusive: 0,
      excluded: 0,
      withoutId: 0,
      repeated: 0,
    };
    const response = {
      ok: true,
      command: 'check',
      result: 'checked',
      dryRun: false,
      syncs,
      open: 1,
      posts: { accepted: 0 },
      undelivered: { count: 1 },
    };
    expect(await run(['prod', 'check'], { response })).toMatchObject({
      status: 1,
      stdout: '1 sync: 0 healthy, 1 failing; 1 alert open; 1 notification waits for Slack.\n',
    });
    expect(
      (await run(['prod', 'check', '--dry-run'], { response: { ...response, dryRun: true } })).status,
    ).toBe(0);
  });

  it('prints nothing on --quiet when the check has nothing new to say', async () => {
    const response = { ok: true, command: 'check', result: 'lease_held', reason: 'another check is running' };
    expect(await run(['prod', 'check', '--quiet'], { response })).toMatchObject({ status: 0, stdout: '' });
  });

  it.each([
    [[], 'expected an environment and a command'],
    [['prod'], 'expected an environment and a command'],
    [['report'], 'expected an environment and a command'],
    [['prod', 'chekc'], 'there is no command "chekc"'],
    [['prod', 'demo'], 'there is no command "demo"'],
    [['prod', 'check', 'now'], 'check takes nothing behind it, got "now" as well'],
    [['prod', 'check', '--jason'], "Unknown option '--jason'"],
    [['prod', 'check', '--post'], '--post does not go with check'],
    [['prod', 'event', '{}', '--dry-run'], '--dry-run does not go with event'],
    [['prod', '{command'], 'the event is not valid JSON'],
  ])('exits with 2 on %j, and calls nothing', async (args, complaint) => {
    const { status, stdout, stderr, calls } = await run(args);
    expect({ status, stdout, calls }).toEqual({ status: 2, stdout: '', calls: [] });
    expect(stderr).toContain(complaint);
  });
});
