import { readFileSync } from 'node:fs';
import type { Outputs } from '../cdk.ts';
import type { Emulator } from '../emulator.ts';
import { shell, succeeds } from '../shell.ts';

const PARTS = readFileSync('docs/runbook.md', 'utf8').split(/^###? /m);

/** The sections that have commands, by heading. */
export const WITH_COMMANDS = PARTS.filter((part) => part.includes('```sh'))
  .map(headingOf)
  .filter((heading) => heading !== 'Before anything');

/**
 * Runs the commands of a section in their order, as a person who pastes them. Returns their output.
 *
 * @param outputs The outputs of the stack, where `output` of the runbook need not ask for each of them, which takes most of a
 *   second.
 */
export async function runSection(emulator: Emulator, heading: string, outputs?: Outputs): Promise<string> {
  const [helpers = ''] = commandsOf('Before anything');
  const known = Object.entries(outputs ?? {}).map(([name, value]) => `${name}) echo '${value}' ;;`);
  const script = [
    'set -e',
    helpers,
    ...(outputs === undefined ? [] : [`output() { case $1 in ${known.join(' ')} esac; }`]),
    // Version 1 of the CLI has its own endpoint for SQS and ignores the one of the environment.
    'aws() { command aws "$@" --endpoint-url "$AWS_ENDPOINT_URL"; }',
    ...commandsOf(heading),
  ];
  return (await succeeds(shell(emulator, script.join('\n')))).stdout;
}

/** Runs the commands that the runbook gives first. Returns their output. */
export async function runFirst(emulator: Emulator): Promise<string> {
  const script = commandsOf('Before anything').join('\n');
  return (await succeeds(shell(emulator, script))).stdout;
}

function commandsOf(heading: string): readonly string[] {
  const part = PARTS.find((it) => headingOf(it) === heading) ?? '';
  const commands = [...part.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  if (commands.length === 0) throw new Error(`the runbook has no commands under ${JSON.stringify(heading)}`);
  return commands;
}

function headingOf(part: string): string {
  return part.split('\n')[0] ?? '';
}
