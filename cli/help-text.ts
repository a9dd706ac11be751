import {
  COMMANDS,
  commandsOn,
  HOSTS,
  type HostName,
  neededOperands,
  OPTIONS,
  operandsOf,
  optionsOn,
  placeholderOf,
} from './command-line.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT_CODES, EXIT_CODES_HELP } from './exit-codes.ts';
import type { ParsedLine } from './parse-command-line.ts';
import type { Process } from './process.ts';
import { VARIABLES } from './variables.ts';

const PURPOSE: Readonly<Record<HostName, string>> = {
  start: 'Checks the connector syncs of a Timbal organisation and alerts Slack to those that need attention.',
  invoke: 'Sends a command to a deployed sync-alerts and prints its response.',
};

/** The help of a host, in lines of 100 characters at most. */
export function helpText(host: HostName): string {
  const { prefix, target } = HOSTS[host];
  const rows: readonly (readonly [string, string])[][] = [
    [
      ...(host === 'start' ? [[prefix.replace(' --', ''), BARE] as const] : []),
      ...commandsOn(host).map((command) => {
        const operands = operandsOf(command).map((one) =>
          neededOperands(command) === 0 ? one.replace('<', '[').replace('>', ']') : one,
        );
        const line = [prefix, target, command, ...operands].filter((word) => word !== undefined);
        return [line.join(' '), COMMANDS[command].help] as const;
      }),
    ],
    optionsOn(host).map((name) => {
      const value = placeholderOf(name);
      return [value === undefined ? `--${name}` : `--${name} ${value}`, OPTIONS[name].help];
    }),
    host === 'start' ? Object.entries(VARIABLES) : [],
  ];
  const tables = rows.filter((table) => table.length > 0).map(tableText);
  return `${[PURPOSE[host], ...tables, EXIT_CODES_HELP].join('\n\n')}\n`;
}

const BARE = 'run one check; with none of the variables below, play the demo';

function tableText(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, help]) => `${name.padEnd(width)}${help}`).join('\n');
}

/** Prints the help to stdout when it was requested, else the usage error to stderr, with the line to type. */
export function printHelp(
  parsed: Extract<ParsedLine, { readonly kind: 'help' | 'usage_error' }>,
  host: HostName,
  { stdout, stderr }: Pick<Process, 'stdout' | 'stderr'>,
): ExitCode {
  if (parsed.kind === 'help') {
    stdout.write(helpText(host));
    return EXIT_CODES.success;
  }
  const { message, line } = parsed;
  const hint = line === undefined ? '' : `\nType:\n  ${line}\n`;
  stderr.write(
    `${message}. Nothing was done.\n${hint}\nEvery command and option: ${HOSTS[host].prefix} --help\n`,
  );
  return EXIT_CODES.usageError;
}
