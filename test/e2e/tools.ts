import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** The repository. Jest and npm scripts run there. */
export const ROOT = process.cwd();

/** Where `prepare.ts` puts what it installs: ignored by git, kept between runs. */
export const CACHE = join(ROOT, 'build', 'e2e');
export const RUNTIME = join(CACHE, 'runtime');
export const PYTHON_ENVIRONMENT = join(CACHE, 'python');

/** AWS's runtime client, and the Node.js that is deployed: the major version has to be the functions'. */
export const RUNTIME_CLIENT = { package: 'aws-lambda-ric', version: '4.0.2' } as const;
export const DEPLOYED_NODE = {
  package: `node-${process.platform}-${process.arch}`,
  version: '24.21.0',
} as const;

/** The version that `emulator/requirements.txt` asks for, and that its corrections were written against. */
const MOTO_VERSION = '5.2.1';

/** Programs and files that an end-to-end test needs, by their paths. */
export interface Tools {
  readonly python: string;
  readonly node: string;
  readonly runtimeClient: string;
  readonly cdk: string;
  /** `PATH` with the Python and the AWS CLI first. */
  readonly path: string;
}

/** Finds the tools. Throws an error that lists what is missing and how to get it. */
export function findTools(): Tools {
  const python = pythonWithMoto();
  const node = join(RUNTIME, 'node_modules', DEPLOYED_NODE.package, 'bin', 'node');
  const runtimeClient = join(RUNTIME, 'node_modules', RUNTIME_CLIENT.package, 'index.mjs');
  const observationOfUnlisted = [
    ...(python === undefined ? [`Python 3.11 or later with moto ${MOTO_VERSION}`] : []),
    ...(existsSync(node) ? [] : [`Node.js ${DEPLOYED_NODE.version}`]),
    ...(existsSync(runtimeClient) ? [] : [`${RUNTIME_CLIENT.package} ${RUNTIME_CLIENT.version}`]),
  ];
  if (python === undefined || observationOfUnlisted.length > 0) {
    throw new Error(
      `The end-to-end tests lack ${observationOfUnlisted.join(', ')}. \`npm run test:e2e:prepare\` installs it into build/e2e; ` +
        'it needs python3 with venv, and cmake, make and a C++ compiler for the runtime client.',
    );
  }
  const cdk = createRequire(join(ROOT, 'package.json')).resolve('aws-cdk/bin/cdk');
  return { python, node, runtimeClient, cdk, path: [dirname(python), process.env['PATH']].join(delimiter) };
}

/** The Python that has moto: the one of `prepare.ts`, or the one that is here. */
export function pythonWithMoto(): string | undefined {
  const script = [
    'import sys, shutil, importlib.metadata as packages',
    'assert sys.version_info >= (3, 11)',
    `assert packages.version("moto") == "${MOTO_VERSION}" and packages.version("flask")`,
    'assert packages.version("awscli")',
    'print(sys.executable)',
  ].join('\n');
  for (const python of [join(PYTHON_ENVIRONMENT, 'bin', 'python3'), 'python3']) {
    try {
      return execFileSync(python, ['-c', script], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    } catch {
      // This one is not there, or lacks something: the next.
    }
  }
  return undefined;
}
