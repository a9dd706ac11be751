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
  readonly answer?: unknown;
  /** What it fails with instead. */
  readonly stderr?: string;
}

/** An `aws` on the PATH that answers like AWS's, and notes how it was called. */
function aCli({ stacks = OUTPUTS, invoked = { StatusCode: 200 }, answer = { ok: true }, stderr }: Cli) {
  const folder = mkdtempSync(join(tmpdir(), 'invoke-test-'));
  folders.push(folder);
  const calls = join(folder, 'calls');
  const program = `#!${process.execPath}
    const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
    const parameters = process.argv.slice(2);
    const payload = parameters.find((it) => it.startsWith('fileb://'));
    const event = payload && JSON.parse(readFileSync(payload.slice('fileb://'.length), 'utf8'));
    appendFileSync(${JSON.stringify(calls)}, JSON.stringify({ parameters, event, attempts: process.env.AWS_MAX_ATTEMPTS }) + '\\n');
    if (${JSON.stringify(stderr ?? '')}) {
      process.stderr.write(${JSON.stringify(stderr ?? '')});
      process.exit(254);
    }
    const isInvocation = parameters[0] === 'lambda';
    if (isInvocation) writeFileSync(parameters.find((it) => it.endsWith('answer.json')), ${JSON.stringify(JSON.stringify(answer))});
    console.log(JSON.stringify(isInvocation ? ${JSON.stringify(invoked)} : ${JSON.stringify(stacks)}));
  `;
  writeFileSync(join(folder, 'aws'), program);
  chmodSync(join(folder, 'aws'), 0o755);
  return {
    aws: awsCli({ PATH: folder }),
    calls: (): { parameters: string[]; event?: unknown; attempts?: string }[] =>
      existsSync(calls)
        ? readFileSync(calls, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
  };
}

async function run(parameters: readonly string[], cli: Cli = {}, pinned?: string) {
  const { aws, calls } = aCli(cli);
  const written = { stdout: '', stderr: '' };
  const status = await invoke(
    parameters,
    aws,
    () => pinned,
    { write: (text) => (written.stdout += text) },
    { write: (text) => (written.stderr += text) },
  );
  return { status, ...written, calls: calls() };
}

const CHECKED = {
  ok: true,
  command: 'check',
  result: 'checked',
  dryRun: false,
  syncs: { listed: 3, healthy: 1, problems: { failing: 1, never_succeeded: 1, stalled: 0 } },
  open: 2,
  posts: { accepted: 1 },
  undelivered: { count: 0 },
  text: 'orders is failing\n',
};

describe('npm run invoke', () => {
  it('finds the function by the outputs of its stack, and invokes it once, waiting longer than it may take', async () => {
    const { calls } = await run(['prod', 'check', '--dry-run']);
    expect(calls).toEqual([
      {
        parameters: [
          'cloudformation',
          'describe-stacks',
          '--stack-name',
          'SyncAlerts-prod',
          '--output',
          'json',
        ],
      },
      {
        parameters: [
          'lambda',
          'invoke',
          '--function-name',
          'the-function',
          '--payload',
          expect.stringMatching(/^fileb:/),
          '--cli-read-timeout',
          '90',
          expect.stringMatching(/answer\.json$/),
          '--output',
          'json',
        ],
        event: { command: 'check', dryRun: true },
        attempts: '1',
      },
    ]);
  });

  it.each<[readonly string[], unknown]>([
    [['report'], { command: 'report' }],
    [['report', '--no-post'], { command: 'report', post: false }],
    [['test'], { command: 'test' }],
    [['silences'], { command: 'silences' }],
    [['{"command":"unsilence","id":"a"}'], { command: 'unsilence', id: 'a' }],
  ])('%j asks %j', async (parameters, event) => {
    const { calls } = await run(['prod', ...parameters]);
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
  ])('%j with an environment pinned to %s', async (options, pinned, expected) => {
    const { calls } = await run(['prod', 'test', ...options], {}, pinned);
    for (const { parameters } of calls) {
      expect(
        parameters.filter((_, index) => /^--(region|profile)$/.test(parameters[index - 1] ?? '')),
      ).toEqual(expected.filter((it) => !it.startsWith('--')));
    }
  });

  it('says what a check said and saw', async () => {
    const { status, stdout } = await run(['prod', 'check'], { answer: CHECKED });
    expect(status).toBe(0);
    expect(stdout).toBe(
      'orders is failing\n\n3 syncs: 1 healthy, 1 failing, 1 never succeeded; 2 alerts open; 1 message posted.\n',
    );
  });

  it('says that a check stopped', async () => {
    const answer = { ok: true, command: 'check', result: 'lease_held', reason: 'another check is at work' };
    expect((await run(['prod', 'check'], { answer })).stdout).toBe(
      'Nothing done: another check is at work.\n',
    );
  });

  it('says the report, the worst first as it came', async () => {
    const { syncs, open, posts } = CHECKED;
    const unhealthy = [{ id: 'a1', name: 'orders', severity: 'critical', says: 'has stalled: for 3 d' }];
    const answer = { ok: true, command: 'report', syncs, open, posts, unhealthy, omitted: 4 };
    expect((await run(['prod', 'report'], { answer })).stdout).toBe(
      `CRITICAL orders (a1)
         has stalled: for 3 d
… and 4 more

3 syncs: 1 healthy, 1 failing, 1 never succeeded; 2 alerts open; 1 message posted.
`,
    );
  });

  it('says each step of the test', async () => {
    const steps = [{ step: 'secret', ok: true, said: 'it was read', durationsMs: 12 }];
    const answer = { ok: true, command: 'test', steps };
    expect((await run(['prod', 'test'], { answer })).stdout).toBe('ok     secret   it was read (12 ms)\n');
  });

  it('shows an answer that it does not know as it came, and any with --json', async () => {
    const unknown = { ok: true, command: 'silences', silences: [] };
    const shown = `${JSON.stringify(unknown, null, 2)}\n`;
    expect((await run(['prod', 'silences'], { answer: unknown })).stdout).toBe(shown);
    expect(JSON.parse((await run(['prod', 'check', '--json'], { answer: CHECKED })).stdout)).toEqual(CHECKED);
  });

  it('fails with what the function said', async () => {
    const answer = { errorType: 'SyncAlertsError', errorMessage: 'the secret "x" is not usable' };
    const { status, stdout, stderr } = await run(['prod', 'check'], {
      invoked: { StatusCode: 200, FunctionError: 'Unhandled' },
      answer,
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'the secret "x" is not usable\n',
    });
  });

  it('was asked wrongly when the function says so', async () => {
    const answer = { ok: false, error: 'there is no command "chekc"' };
    const { status, stdout } = await run(['prod', 'chekc'], { answer });
    expect({ status, stdout }).toEqual({ status: 2, stdout: 'there is no command "chekc"\n' });
  });

  it('fails with what the AWS CLI said', async () => {
    const { status, stderr, calls } = await run(['nowhere', 'test'], { stderr: 'Stack does not exist\n' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'aws cloudformation describe-stacks: Stack does not exist\n',
    });
    expect(calls).toHaveLength(1);
  });

  it.each([[{ Stacks: [] }], [{ Stacks: [{}] }]])(
    'fails when the stack is another one: %j',
    async (stacks) => {
      const { status, stderr } = await run(['prod', 'test'], { stacks });
      expect(status).toBe(1);
      expect(stderr).toContain('the stack SyncAlerts-prod has no output FunctionName');
    },
  );

  it('says that the AWS CLI is missing', async () => {
    const nowhere = mkdtempSync(join(tmpdir(), 'invoke-test-'));
    folders.push(nowhere);
    await expect(awsCli({ PATH: nowhere })(['sts', 'get-caller-identity'])).rejects.toThrow(
      'aws sts get-caller-identity: the AWS CLI is not installed',
    );
  });

  it.each([
    [[], 'expected an environment and a command'],
    [['prod'], 'expected an environment and a command'],
    [['prod', 'check', 'now'], 'expected an environment and a command'],
    [['prod', 'check', '--jason'], "Unknown option '--jason'"],
    [['prod', '{command'], 'JSON'],
  ])('%j is asked wrongly, and calls nothing', async (parameters, what) => {
    const { status, stderr, calls } = await run(parameters);
    expect(status).toBe(2);
    expect(stderr.split('\n\n')[0]).toContain(what);
    expect(stderr).toContain('npm run invoke -- <environment> report');
    expect(calls).toEqual([]);
  });

  it('helps', async () => {
    expect(await run(['--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Exit status'),
    });
  });
});
