import base from './jest.config.js';

/**
 * The tests that take long: the simulation broken on purpose, every sequence of two checks with every fault, the
 * template of the whole app, the largest states, and the command lines of the tools, each in a process of its own.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.slow.ts'],
  testTimeout: 120_000,
};
