import * as v from 'valibot';
import type { HostName } from './command-line.ts';
import { nearestName } from './nearest-name.ts';

/** Options of ours that npm kept to itself, as arguments. */
interface OptionsOfNpm {
  /** They stop a post or change the output, so they count as typed. */
  readonly honoured: readonly string[];
  /** All others: acting on them, or ignoring them, could post what nobody wanted. */
  readonly refused: readonly string[];
}

/**
 * The options that were typed without `--` before them. npm 10 and 11 take them as their own configuration, whether
 * they know them or not, and give them to the script as `npm_config_<name>`: 'true' for a switch, '' for `--no-…`.
 *
 * `--quiet`, `--silent` and `--verbose` are log levels of npm and never arrive. A slip ("--dryrun") is refused too, as
 * long as it is a switch: other values are settings of npm or of other programs.
 */
export function optionsOfNpm(environment: unknown, host: HostName): OptionsOfNpm {
  const variables = v.parse(v.record(v.string(), v.unknown()), environment);
  const honoured: string[] = [];
  const refused: string[] = [];
  for (const [variable, value] of Object.entries(variables)) {
    const key = /^npm_config_(.+)$/i.exec(variable)?.[1]?.toLowerCase();
    if (key === undefined || typeof value !== 'string') continue;
    const option = HONOURED[`${key}=${value}`];
    if (option !== undefined) honoured.push(option);
    else if (value !== '' && value !== 'false') refused.push(...refusedOption(key, value, host));
  }
  return { honoured, refused };
}

const HONOURED: Readonly<Record<string, string>> = {
  'dry_run=true': '--dry-run',
  'json=true': '--json',
  'post=': '--no-post',
};

function refusedOption(key: string, value: string, host: HostName): readonly string[] {
  if (key === 'dry_run' || key === 'json') return [];
  const name = key.replaceAll('_', '-');
  const isSwitch = value === 'true';
  const nearest = nearestName(name, host, isSwitch);
  if (nearest === undefined) return [];
  return [isSwitch ? `--${name}` : `--${name}=${value}`];
}
