import base from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...base,
  testMatch: ['<rootDir>/test/e2e/**/*.e2e.ts'],
  // A bootstrap and a deployment take half a minute.
  testTimeout: 120_000,
};
