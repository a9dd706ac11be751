import { HOSTS, type HostName } from '../../cli/command-line.ts';
import { helpText } from '../../cli/help-text.ts';
import { parseCommandLine } from '../../cli/parse-command-line.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { KEY, start } from './a-laptop.ts';

afterEach(closeLocalServers);

type Variables = Readonly<Record<string, string>>;

/** The command, its operands and options, or the usage error with the line to type. */
function parsed(host: HostName, line: string, environment: Variables = {}) {
  const found = parseCommandLine({ args: line.split(' ').filter((word) => word !== ''), environment }, host);
  if (found.kind !== 'request') return found;
  const { command, given } = found.request;
  return { command, target: found.target, given: Object.fromEntries(given) };
}

describe('the help', () => {
  it.each<HostName>(['start', 'invoke'])('of %s fits 100 columns and ends with the exit codes', (host) => {
    const lines = helpText(host).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.slice(-2)).toEqual(['Exit codes: 0 success, 1 failure, 2 usage error.', '']);
  });

  it.each(['--help', '-h', 'report --help'])('is printed on %s, and nothing else happens', async (line) => {
    const { status, stdout, stderr } = await start(line.split(' '), { TIMBAL_API_KEY: KEY });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: helpText('start'), stderr: '' });
  });

  it('has every command, option and variable', () => {
    const names =
      'check report test demo --dry-run --post --no-post --quiet --verbose --json --demo --help ' +
      'TIMBAL_API_KEY TIMBAL_ORG_ID TIMBAL_BASE_URL TIMBAL_CONNECTOR_ID SLACK_WEBHOOK_URL ' +
      'SYNC_ALERTS_STATE SYNC_ALERTS_POLICY';
    for (const name of names.split(' ')) expect(helpText('start')).toContain(name);
    for (const name of ['check', 'report', 'test', 'event', '--dry-run', '--region', '--profile'])
      expect(helpText('invoke')).toContain(name);
  });
});

describe('a command line', () => {
  it.each([
    ['', 'check', {}],
    ['check', 'check', {}],
    ['--quiet', 'check', { quiet: '' }],
    ['report --post --json', 'report', { post: '', json: '' }],
    ['--json report', 'report', { json: '' }],
    ['test --dry-run', 'test', { 'dry-run': '' }],
    ['--demo', 'demo', { demo: '' }],
    ['demo --post', 'demo', { post: '' }],
    ['-- --dry-run', 'check', { 'dry-run': '' }],
  ])('of npm start: %s', (line, command, given) => {
    expect(parsed('start', line)).toEqual({ command, target: '', given });
  });

  it('of npm run invoke begins with the environment, also one that is called like a command', () => {
    expect(parsed('invoke', 'test check --region eu-west-1 --quiet')).toEqual({
      command: 'check',
      target: 'test',
      given: { region: 'eu-west-1', quiet: '' },
    });
  });

  it.each([
    ['--jason', "Unknown option '--jason'", '--json'],
    ['-x', "Unknown option '-x'", undefined],
    ['--json=yes', "Option '--json' does not take an argument", '--json'],
    ['-dry-run', "Unknown option '-d'", '--dry-run'],
    [
      '—dry-run',
      'there is no command "—dry-run"; the commands are check, report, test, silence, ack, silences, unsilence, demo',
      '--dry-run',
    ],
    ['dry-run', 'there is no command "dry-run"; ', '--dry-run'],
    ['dryrun', 'there is no command "dryrun"; ', '--dry-run'],
    ['--dry', "Unknown option '--dry'", '--dry-run'],
    ['--dry_run', "Unknown option '--dry_run'", '--dry-run'],
    ['--nopost report', "Unknown option '--nopost'", 'report --no-post'],
    ['--report', "Unknown option '--report'", 'report'],
    ['report -post', "Unknown option '-p'", 'report --post'],
    ['report post', 'report takes nothing behind it, got "post" as well', 'report --post'],
    ['reprot --json', 'there is no command "reprot"; ', 'report --json'],
    ['anything', 'there is no command "anything"; ', undefined],
    ['check --simulate', "Unknown option '--simulate'", undefined],
    ['check simulate', 'check takes nothing behind it, got "simulate" as well', undefined],
    ['--post', '--post does not go with check', undefined],
    ['test --post', '--post does not go with test', undefined],
    ['report --demo', '--demo does not go with report', undefined],
    ['report --post --no-post', '--post and --no-post contradict each other', undefined],
    ['--quiet --verbose', '--quiet and --verbose contradict each other', undefined],
  ])('that is wrong is a usage error with the line to type: %s', (line, message, right) => {
    expect(parsed('start', line)).toEqual({
      kind: 'usage_error',
      message: expect.stringContaining(message),
      ...(right !== undefined && { line: `npm start -- ${right}` }),
    });
  });

  it.each([
    ['report', 'npm run invoke -- <environment> report'],
    ['prod reprot --jsn', 'npm run invoke -- prod report --json'],
    ['prod report nopost', 'npm run invoke -- prod report --no-post'],
    ["it's chekc", "npm run invoke -- 'it'\\''s' check"],
  ])('of npm run invoke that is wrong: %s', (line, right) => {
    expect(parsed('invoke', line)).toMatchObject({ kind: 'usage_error', line: right });
  });
});

describe('an option that npm kept', () => {
  it.each([
    ['npm_config_dry_run', 'true', { 'dry-run': '' }],
    ['npm_config_json', 'true', { json: '' }],
    ['npm_config_post', '', { 'no-post': '' }],
    ['NPM_CONFIG_DRY_RUN', 'true', { 'dry-run': '' }],
  ])('counts as typed where it stops a post or changes the output: %s=%s', (name, value, given) => {
    expect(parsed('start', 'report', { [name]: value })).toEqual({ command: 'report', target: '', given });
    expect(parsed('invoke', 'prod report', { [name]: value })).toMatchObject({ target: 'prod', given });
  });

  it('makes npm start no bare one', () => {
    const found = parseCommandLine({ args: [], environment: { npm_config_json: 'true' } }, 'start');
    expect(found).toMatchObject({ kind: 'request', isBare: false });
  });

  it.each([
    ['npm_config_dry_run', ''],
    ['npm_config_json', ''],
    ['npm_config_json', 'false'],
    ['npm_config_demo', ''],
    ['npm_config_loglevel', 'silent'],
    ['npm_config_yes', 'true'],
    ['npm_config_host', 'example.com'],
    ['npm_config_port', '8080'],
    ['npm_package_config_post', 'true'],
    ['HOME', '/home/post'],
  ])('is none of ours: %s=%s', (name, value) => {
    expect(parsed('start', '', { [name]: value })).toEqual({ command: 'check', target: '', given: {} });
  });

  it.each([
    ['report', 'npm_config_post', 'true', 'report --post'],
    ['', 'npm_config_demo', 'true', '--demo'],
    ['', 'npm_config_dryrun', 'true', '--dry-run'],
    ['', 'npm_config_dry_rnu', 'true', '--dry-run'],
    ['', 'npm_config_report', 'true', 'report'],
    ['test', 'npm_config_nopost', 'true', 'test --no-post'],
  ])(
    'that could post is a usage error with the line to type: npm start %s, %s=%s',
    (line, name, value, right) => {
      expect(parsed('start', line, { [name]: value })).toEqual({
        kind: 'usage_error',
        message: expect.stringMatching(/^npm kept --[a-z-]+ to itself, because no -- stands before it$/),
        line: `${HOSTS.start.prefix} ${right}`,
      });
    },
  );

  it('gets the value back that npm tore from it', () => {
    const environment = { npm_config_region: 'true', npm_config_profile: 'mine' };
    expect(parsed('invoke', 'prod check eu-west-1', environment)).toMatchObject({
      kind: 'usage_error',
      line: 'npm run invoke -- prod check --region eu-west-1 --profile mine',
    });
  });

  it('is the same on a terminal: exit code 2, and nothing is read or posted', async () => {
    const { status, stdout, stderr } = await start(['report'], { npm_config_post: 'true' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      'npm kept --post to itself, because no -- stands before it. Nothing was done.\n\n' +
        'Type:\n  npm start -- report --post\n\nEvery command and option: npm start -- --help\n',
    );
  });
});

describe('the exit code of npm start', () => {
  it('is 2 for invalid settings, with each fault on its own line', async () => {
    const { status, stdout, stderr } = await start(['--json'], {
      TIMBAL_API_KEY: KEY,
      TIMBAL_BASE_URL: 'nowhere',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^TIMBAL_BASE_URL /),
      expect.stringMatching(/^TIMBAL_ORG_ID /),
      '',
    ]);
  });

  it('is 2 for an organisation id that is not allowed in a URL', async () => {
    const { status, stdout, stderr } = await start([], { TIMBAL_API_KEY: KEY, TIMBAL_ORG_ID: '..' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^"\.\." is not an organisation id: /);
  });
});
