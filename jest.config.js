/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '\\.[jt]s$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }],
  },
  // ky is published as ES modules alone; the transform turns it into CommonJS for Jest.
  transformIgnorePatterns: ['/node_modules/(?!ky/)'],
};
