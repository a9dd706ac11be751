import base from './jest.config.js';

/**
 * The tests that take minutes: the simulation broken on purpose, every sequence of two checks with every fault, the
 * template of the whole app, and the largest states.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.slow.ts'],
  testTimeout: 120_000,
};
