import { start } from './a-laptop.ts';

const ESCAPE = '\u001b[';

describe('the colours of npm start', () => {
  it('are on in a terminal', async () => {
    const { stdout } = await start([], {}, { isTTY: true });
    expect(stdout).toContain(ESCAPE);
  });

  it.each([
    { when: 'when the output is not a terminal', isTTY: false },
    { when: 'when NO_COLOR is set', environment: { NO_COLOR: '1' } },
    { when: 'when the terminal is dumb', environment: { TERM: 'dumb' } },
    { when: 'in JSON', args: ['--json'] },
    { when: 'in the help', args: ['--help'] },
  ])('are off $when', async ({ args = [], environment = {}, isTTY = true }) => {
    const { stdout } = await start(args, environment, { isTTY });
    expect(stdout).not.toContain(ESCAPE);
  });

  it('are on when NO_COLOR is empty, which counts as not set', async () => {
    const { stdout } = await start([], { NO_COLOR: '', TERM: 'xterm' }, { isTTY: true });
    expect(stdout).toContain(ESCAPE);
  });

  it('change no text', async () => {
    const { stdout } = await start([], {}, { isTTY: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours begin with it
    expect(stdout.replace(/\u001b\[\d+m/g, '')).toBe((await start([], {})).stdout);
  });
});

describe('the digest on a terminal', () => {
  const widest = (text: string) =>
    Math.max(
      ...text
        .split('\n')
        .filter((line) => line.startsWith('  '))
        .map((line) => line.length),
    );

  it('has no line wider than the terminal', async () => {
    const { stdout } = await start([], {}, { columns: 60 });
    expect(widest(stdout.slice(0, stdout.indexOf('That was a demo')))).toBeLessThanOrEqual(60);
  });

  it('is 100 columns wide when the terminal reports 0 columns, as some do', async () => {
    const { stdout } = await start([], {}, { columns: 0 });
    expect(stdout).toBe((await start([], {})).stdout);
  });
});
