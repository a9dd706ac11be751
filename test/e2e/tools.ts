import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** The repository: the working folder of Jest and of npm scripts. */
export const ROOT = process.cwd();

/** Where `prepare.ts` installs the tools; git ignores it. */
const CACHE = join(ROOT, 'build', 'e2e');
export const RUNTIME = join(CACHE, 'runtime');
export const PYTHON_ENVIRONMENT = join(CACHE, 'python');

/** AWS's runtime client, and the Node.js to run it on: its major version must be that of the deployed functions. */
export const RUNTIME_CLIENT = { package: 'aws-lambda-ric', version: '4.0.2' } as const;
export const DEPLOYED_NODE = {
  package: `node-${process.platform}-${process.arch}`,
  version: '24.21.0',
} as const;

/** The version in `emulator/requirements.txt`; the emulator corrects faults of this version. */
const MOTO_VERSION = '5.2.1';

/** The paths of the programs and files that an end-to-end test needs. */
export interface Tools {
  readonly python: string;
  readonly node: string;
  readonly runtimeClient: string;
  readonly cdk: string;
  /** `PATH` with the Python and the AWS CLI first. */
  readonly path: string;
}

/** @throws Error that lists the missing tools and how to install them. */
export function findTools(): Tools {
  const python = pythonWithMoto();
  const node = join(RUNTIME, 'node_modules', DEPLOYED_NODE.package, 'bin', 'node');
  const runtimeClient = join(RUNTIME, 'node_modules', RUNTIME_CLIENT.package, 'index.mjs');
  const missing = [
    ...(python === undefined ? [`Python 3.11 or later with moto ${MOTO_VERSION}`] : []),
    ...(existsSync(node) ? [] : [`Node.js ${DEPLOYED_NODE.version}`]),
    ...(existsSync(runtimeClient) ? [] : [`${RUNTIME_CLIENT.package} ${RUNTIME_CLIENT.version}`]),
  ];
  if (python === undefined || missing.length > 0) {
    throw new Error(
      `The end-to-end tests need ${missing.join(', ')}. Run \`npm run test:e2e:prepare\`, which installs into build/e2e; ` +
        'it needs python3 with venv, and cmake, make and a C++ compiler for the runtime client.',
    );
  }
  const cdk = createRequire(join(ROOT, 'package.json')).resolve('aws-cdk/bin/cdk');
  return { python, node, runtimeClient, cdk, path: [dirname(python), process.env['PATH']].join(delimiter) };
}

/** The path of a Python that has moto: the one of `prepare.ts`, or else the one of the system. */
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
      // It is not installed, or lacks a package: try the next one.
    }
  }
  return undefined;
}
