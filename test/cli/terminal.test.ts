import { start } from './a-laptop.ts';

const ESCAPE = '\u001b[';

describe('colours', () => {
  it('are there on a terminal', async () => {
    const { stdout } = await start([], {}, { isTTY: true });
    expect(stdout).toContain(ESCAPE);
  });

  it.each([
    ['when the output is not a terminal', [], {}, {}],
    ['when someone said NO_COLOR', [], { NO_COLOR: '1' }, { isTTY: true }],
    ['when the terminal is a dumb one', [], { TERM: 'dumb' }, { isTTY: true }],
    ['in JSON', ['--json'], {}, { isTTY: true }],
    ['in the help', ['--help'], {}, { isTTY: true }],
  ])('are not there %s', async (_when, command, environment, screen) => {
    const { stdout } = await start(command, environment, screen);
    expect(stdout).not.toContain(ESCAPE);
  });

  it('are there when NO_COLOR is empty, which says nothing', async () => {
    const { stdout } = await start([], { NO_COLOR: '', TERM: 'xterm' }, { isTTY: true });
    expect(stdout).toContain(ESCAPE);
  });

  it('change nothing but the colours', async () => {
    const { stdout } = await start([], {}, { isTTY: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour begins with
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

  it('fits it', async () => {
    const { stdout } = await start([], {}, { columns: 60 });
    expect(widest(stdout.slice(0, stdout.indexOf('That was a demo')))).toBeLessThanOrEqual(60);
  });

  it('is as wide as elsewhere when the terminal says that it has no columns, as some do', async () => {
    const { stdout } = await start([], {}, { columns: 0 });
    expect(stdout).toBe((await start([], {})).stdout);
  });
});
