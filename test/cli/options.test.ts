import { answers, closeLocalServers, localServer } from '../http/local-server.ts';
import { KEY, start, TOKEN } from './a-laptop.ts';

afterEach(closeLocalServers);

describe('the options of npm start', () => {
  it.each(['--help', '-h'])('%s explains every option and variable, and that is all', async (option) => {
    const { status, stdout, stderr } = await start([option], { TIMBAL_API_KEY: KEY });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of [
      '--dry-run',
      '--json',
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
  });

  it.each([
    [['--jason'], "Unknown option '--jason'"],
    [['-x'], "Unknown option '-x'"],
    [['check'], "Unexpected argument 'check'"],
    [['--json=yes'], "Option '--json' does not take an argument"],
  ])('%j is answered with what is wrong, the help and exit status 2', async (command, complaint) => {
    const { status, stdout, stderr } = await start(command, {});
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(`${complaint}\n\n${(await start(['--help'], {})).stdout}`);
  });
});

describe('the exit status', () => {
  it('is 2 for settings that are wrong, each fault on a line of its own', async () => {
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

  it('is 2 for an organisation that is none', async () => {
    const { status, stdout, stderr } = await start([], { TIMBAL_API_KEY: KEY, TIMBAL_ORG_ID: '..' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^"\.\." is no organisation id: /);
  });

  it('is 1 for a story that Slack does not take, and the terminal shows what was to be said', async () => {
    const slack = await localServer(answers(403, 'invalid_token'));
    const { status, stdout, stderr } = await start([], {
      SLACK_WEBHOOK_URL: `${slack.url}/services/${TOKEN}`,
    });
    expect(status).toBe(1);
    expect(stdout).toContain('── 09:00 ──');
    expect(stdout).not.toContain('posted to Slack');
    expect(stderr).toContain('invalid_token');
    expect(`${stdout}${stderr}`).not.toContain(TOKEN);
    expect(slack.requests).toHaveLength(1);
  });
});
