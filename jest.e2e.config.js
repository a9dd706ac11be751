import base from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...base,
  testMatch: ['<rootDir>/test/e2e/**/*.e2e.ts'],
  // They wait for a good part of their time: for time limits, and for the processes that they start.
  maxWorkers: 3,
  // A bootstrap and a deployment take half a minute.
  testTimeout: 120_000,
};
