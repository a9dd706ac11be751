/*
 * The commands and options of both hosts, `npm start` for the laptop and `npm run invoke` for a deployed environment, in
 * two tables. The parser, the help and the corrected line of a usage error are made from them: a new command or option
 * is a row here and what the hosts do with it (cli/run.ts, cli/invoke-event.ts).
 */

/** Where commands run. */
export type HostName = 'start' | 'invoke';

/** How the command line of a host begins. */
interface Host {
  /** Before arguments. */
  readonly prefix: string;
  /** The operand before the command: the deployed environment. */
  readonly target?: string;
}

export const HOSTS: Readonly<Record<HostName, Host>> = {
  start: { prefix: 'npm start --' },
  invoke: { prefix: 'npm run invoke --', target: '<environment>' },
};

interface OptionRow {
  /** Its line in the help. */
  readonly help: string;
  /** The placeholder of its value; an option without one is a switch. */
  readonly value?: string;
  /** The only host that has it. @default both */
  readonly host?: HostName;
}

export const OPTIONS = {
  'dry-run': { help: 'print what would be posted; post nothing and save nothing' },
  demo: { help: 'the same as the command demo', host: 'start' },
  post: { help: 'post the report, or the demo, to Slack too' },
  'no-post': { help: 'post nothing: as without --post; a check or a test is then a dry run' },
  quiet: { help: 'print nothing when there is nothing new to say' },
  verbose: { help: 'after a check, also print, for each alert, why it is sent now or why not' },
  json: { help: 'print JSON; with --silent before the --, nothing else' },
  match: {
    help: 'the syncs to silence, by their fields: name=orders*,connection=pg-main',
    value: '<fields>',
  },
  for: { help: 'how long: 90s, 5m, 12h, 2d', value: '<duration>' },
  from: { help: 'when it begins, instead of now: 2026-12-01T08:00:00Z', value: '<date>' },
  until: { help: 'instead of --for: 2026-12-01T08:00:00Z', value: '<date>' },
  reason: { help: 'why, for everybody else', value: '<text>' },
  region: {
    help: 'of the AWS CLI, which sends the command with your credentials',
    value: '<region>',
    host: 'invoke',
  },
  profile: { help: 'as --region', value: '<profile>', host: 'invoke' },
  help: { help: 'print this help' },
} as const satisfies Readonly<Record<string, OptionRow>>;

export type OptionName = keyof typeof OPTIONS;

interface CommandRow {
  /** Its line in the help. */
  readonly help: string;
  readonly options: readonly OptionName[];
  /** Placeholders of the operands that follow it. @default none */
  readonly operands?: readonly string[];
  /** @default false */
  readonly areOperandsOptional?: boolean;
  /** The only host that has it. @default both */
  readonly host?: HostName;
}

export const COMMANDS = {
  check: {
    help: 'run one check',
    options: ['dry-run', 'no-post', 'quiet', 'verbose', 'json'],
  },
  report: {
    help: 'print the health of every sync; --post posts it too',
    options: ['dry-run', 'post', 'no-post', 'quiet', 'json'],
  },
  test: {
    help: 'test key, listing, clock, state; post "wired up"',
    options: ['dry-run', 'no-post', 'quiet', 'json'],
  },
  silence: {
    help: 'mute some syncs, or a digest, for a time',
    options: ['match', 'from', 'for', 'until', 'reason', 'json'],
    operands: ['<token>'],
    areOperandsOptional: true,
  },
  ack: {
    help: 'stop reminders of an alert until it ends',
    options: ['reason', 'json'],
    operands: ['<id>'],
  },
  silences: { help: 'list silences and acknowledgements', options: ['json'] },
  unsilence: { help: 'end one of them', options: ['json'], operands: ['<id>'] },
  demo: {
    help: 'play six checks of a made-up organisation; --post posts them too',
    options: ['dry-run', 'demo', 'post', 'no-post', 'verbose', 'json'],
    host: 'start',
  },
  event: {
    help: 'send this event, for fields that no option sets',
    options: ['quiet', 'verbose', 'json'],
    operands: ["'{…}'"],
    host: 'invoke',
  },
} as const satisfies Readonly<Record<string, CommandRow>>;

export type CommandName = keyof typeof COMMANDS;

/** A command line after parsing. */
export interface Request {
  readonly command: CommandName;
  /** What follows the command: one for each of its placeholders. */
  readonly operands: readonly string[];
  /** The options that were given, each with its value; a switch has ''. */
  readonly given: ReadonlyMap<OptionName, string>;
}

/** Whether nothing is posted and nothing saved: without a post of its own, a check or a test is a dry run. */
export function isDryRun({ command, given }: Request): boolean {
  return given.has('dry-run') || (given.has('no-post') && !postsOnRequest(command));
}

/** Whether a command that posts only on request posts. */
export function isPosting({ given }: Request): boolean {
  return given.has('post') && !given.has('dry-run');
}

function postsOnRequest(command: CommandName): boolean {
  return optionsOf(command).includes('post');
}

/** The options that every command has, where its host has them. */
const COMMON_OPTIONS: readonly OptionName[] = ['region', 'profile', 'help'];

export function optionsOf(command: CommandName): readonly OptionName[] {
  return [...COMMANDS[command].options, ...COMMON_OPTIONS];
}

export function operandsOf(command: CommandName): readonly string[] {
  const { operands = [] }: CommandRow = COMMANDS[command];
  return operands;
}

/** How many operands a command needs. */
export function neededOperands(command: CommandName): number {
  const { operands = [], areOperandsOptional = false }: CommandRow = COMMANDS[command];
  return areOperandsOptional ? 0 : operands.length;
}

/** The placeholder of an option's value; undefined for a switch. */
export function placeholderOf(option: OptionName): string | undefined {
  const { value }: OptionRow = OPTIONS[option];
  return value;
}

/** The options of a host, in the order of the table. */
export function optionsOn(host: HostName): readonly OptionName[] {
  return Object.keys(OPTIONS).filter((name): name is OptionName => isOption(name, host));
}

/** The commands of a host, in the order of the table. */
export function commandsOn(host: HostName): readonly CommandName[] {
  return Object.keys(COMMANDS).filter((name): name is CommandName => isCommand(name, host));
}

export function isOption(name: string, host: HostName): name is OptionName {
  return isOn(OPTIONS, name, host);
}

export function isCommand(name: string, host: HostName): name is CommandName {
  return isOn(COMMANDS, name, host);
}

function isOn(
  table: Readonly<Record<string, OptionRow | CommandRow>>,
  name: string,
  host: HostName,
): boolean {
  if (!Object.hasOwn(table, name)) return false;
  return [undefined, host].includes(table[name]?.host);
}
