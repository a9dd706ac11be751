/*
 * Installs the tools of the end-to-end tests that are missing, into build/e2e. A person calls this as
 * `npm run test:e2e:prepare`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionsOf } from '../../tools/command-line.ts';
import {
  DEPLOYED_NODE,
  findTools,
  PYTHON_ENVIRONMENT,
  pythonWithMoto,
  ROOT,
  RUNTIME,
  RUNTIME_CLIENT,
} from './tools.ts';

const USAGE = `npm run test:e2e:prepare

Installs the tools of the end-to-end tests that are missing, into build/e2e.
`;

optionsOf(USAGE, {});
if (pythonWithMoto() === undefined) {
  process.stderr.write('installing the emulator\n');
  run('python3', ['-m', 'venv', PYTHON_ENVIRONMENT]);
  const requirements = join(ROOT, 'test', 'e2e', 'emulator', 'requirements.txt');
  run(join(PYTHON_ENVIRONMENT, 'bin', 'pip'), ['install', '--quiet', '--requirement', requirements]);
}

mkdirSync(RUNTIME, { recursive: true });
const packages = [RUNTIME_CLIENT, DEPLOYED_NODE];
writeFileSync(
  join(RUNTIME, 'package.json'),
  JSON.stringify({
    private: true,
    dependencies: Object.fromEntries(packages.map((it) => [it.package, it.version])),
    // The runtime client builds its native part, and Node.js installs its binary.
    allowScripts: Object.fromEntries(packages.map((it) => [it.package, true])),
  }),
);
// Does nothing when both are installed.
process.stderr.write('installing the runtime\n');
run('npm', ['install', '--silent', '--ignore-scripts=false', '--prefix', RUNTIME]);
findTools();

function run(program: string, parameters: readonly string[]): void {
  execFileSync(program, parameters, { stdio: 'inherit' });
}
