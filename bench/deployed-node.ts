import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The major version of Node.js that the function runs on. */
const MAJOR = '24';
const FOLDER = join('build', 'bench');

/** The program of the deployed version of Node.js: this one, or one from the npm registry, kept in `build/bench`. */
export function deployedNode(progress: (text: string) => void): string {
  if (process.versions.node.startsWith(`${MAJOR}.`)) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const node = join(process.cwd(), FOLDER, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    progress(`installing Node.js ${MAJOR} into ${FOLDER}`);
    execFileSync('npm', ['install', '--silent', '--no-save', '--prefix', FOLDER, `${name}@${MAJOR}`]);
  }
  return node;
}
