import { answers, closeLocalServers, localServer } from '../http/local-server.ts';
import { KEY, start, TOKEN } from './a-laptop.ts';

afterEach(closeLocalServers);

describe('the options of npm start', () => {
  it.each(['--help', '-h'])(
    '%s prints the help, with every option and variable, and does nothing else',
    async (option) => {
      const { status, stdout, stderr } = await start([option], { TIMBAL_API_KEY: KEY });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      for (const name of [
        '--dry-run',
        '--json',
        '--verbose',
        '--help',
        'TIMBAL_API_KEY',
        'TIMBAL_ORG_ID',
        'TIMBAL_BASE_URL',
        'TIMBAL_CONNECTOR_ID',
        'SLACK_WEBHOOK_URL',
        'SYNC_ALERTS_STATE',
        'SYNC_ALERTS_POLICY',
      ]) {
        expect(stdout).toContain(name);
      }
      const widest = Math.max(...stdout.split('\n').map((line) => line.length));
      expect(widest).toBeLessThanOrEqual(100);
    },
  );

  it.each([
    [['--jason'], "Unknown option '--jason'"],
    [['-x'], "Unknown option '-x'"],
    [['check'], "Unexpected argument 'check'"],
    [['--json=yes'], "Option '--json' does not take an argument"],
  ])('%j exits with 2 and prints the usage error and the help', async (args, complaint) => {
    const { status, stdout, stderr } = await start(args, {});
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(`${complaint}\n\n${(await start(['--help'], {})).stdout}`);
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

  it('is 1 for a story that Slack refuses, after its first check was printed', async () => {
    const slack = await localServer(answers(403, 'invalid_token'));
    const { status, stdout, stderr } = await start([], {
      SLACK_WEBHOOK_URL: `${slack.url}/services/${TOKEN}`,
    });
    expect(status).toBe(1);
    expect(stdout).toContain('── 09:00 ──');
    expect(stdout).not.toContain('The demo posted');
    expect(stdout).toMatch(/; 0 messages posted to Slack; \d notifications undelivered\.\n/);
    expect(stderr).toContain('invalid_token');
    expect(`${stdout}${stderr}`).not.toContain(TOKEN);
    expect(slack.requests).toHaveLength(1);
  });
});
