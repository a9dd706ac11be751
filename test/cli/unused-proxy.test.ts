import { unusedProxyText } from '../../cli/unused-proxy.ts';
import { answers, closeLocalServers } from '../http/local-server.ts';
import { Laptop, removeFolders } from './a-laptop.ts';

afterEach(async () => {
  await closeLocalServers();
  removeFolders();
});

const PROXY = { HTTPS_PROXY: 'http://proxy.example:3128' };

describe('a proxy in the environment', () => {
  it.each([
    ['20.20.2', {}, 'use Node.js 22.21 or later'],
    ['22.20.9', { NODE_USE_ENV_PROXY: '1' }, 'use Node.js 22.21 or later'],
    ['22.21.0', {}, 'set NODE_USE_ENV_PROXY=1 too'],
    ['24.13.0', { NODE_USE_ENV_PROXY: '0' }, 'set NODE_USE_ENV_PROXY=1 too'],
  ])('is not used by Node.js %s with %j: %s', (version, variables, advice) => {
    expect(unusedProxyText({ ...PROXY, ...variables }, { version, canByProgram: false })).toBe(
      `HTTPS_PROXY is set, but Node.js ${version} does not use it: ${advice} (docs/laptop.md)`,
    );
  });

  it('is used by Node.js 22.21 with NODE_USE_ENV_PROXY=1, and by a program that can say so', () => {
    const variables = { https_proxy: 'http://proxy.example:3128', NODE_USE_ENV_PROXY: '1' };
    expect(unusedProxyText(variables, { version: '22.21.0', canByProgram: false })).toBeUndefined();
    expect(unusedProxyText(PROXY, { version: '24.14.0', canByProgram: true })).toBeUndefined();
  });

  it('is nothing to speak of when none is set', () => {
    expect(unusedProxyText({ HTTPS_PROXY: '' }, { version: '20.0.0', canByProgram: false })).toBeUndefined();
  });

  it('is named by a command that fails, and by no other', async () => {
    const laptop = await Laptop.start();
    Object.assign(laptop.environment, PROXY);
    const text = unusedProxyText(PROXY);
    laptop.shown = answers(403);
    const { stderr } = await laptop.start();
    expect(stderr.endsWith(text === undefined ? '\n' : `\n${text}\n`)).toBe(true);
    laptop.shown = [];
    expect((await laptop.start('--dry-run')).stderr).toBe('');
  });
});
