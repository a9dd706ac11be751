// The SDK says at each import that it will one day want a newer Node.js; deployed, it has one.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// npm gives its own options to the tests as variables; the command lines under test would take them for theirs.
for (const name of Object.keys(process.env)) if (/^npm_config_/i.test(name)) delete process.env[name];

/** @type {import('jest').Config} */
export default {
  // By default a core is left to others: on two, that is half.
  maxWorkers: '100%',
  // A busy machine is no fault of the code's; what has to be quick says so itself.
  testTimeout: 30_000,
  // A file's globals are looked up in its sandbox, slowly. These are handed to each module instead: nothing replaces them.
  sandboxInjectedGlobals: [
    'Array',
    'Buffer',
    'Error',
    'JSON',
    'Map',
    'Math',
    'Number',
    'Object',
    'Promise',
    'RegExp',
    'Set',
    'String',
    'Symbol',
    'URL',
  ],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '\\.[jt]s$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }],
  },
};
