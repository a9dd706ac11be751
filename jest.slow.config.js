import base from './jest.config.js';

/**
 * What holds as well, and takes longer than one waits for: the simulation broken on purpose, every two looks with every
 * fault, the synthesised template of the whole app, and the table when it does not answer.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.slow.ts'],
  testTimeout: 120_000,
};
