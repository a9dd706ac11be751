import * as v from 'valibot';

/** What an invocation asks for. */
export type Command =
  | {
      readonly command: 'check';
      readonly dryRun: boolean;
      /** When the schedule meant it to run; as the schedule wrote it. */
      readonly scheduledAt?: string;
    }
  | { readonly command: 'report'; readonly post: boolean }
  | { readonly command: 'test' };

/** What was asked, or why it cannot be told: asked wrongly is no failure of the function. */
export type ParsedEvent =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly error: string };

/** Each command as its schema and as help shows it. */
const COMMANDS = {
  check: {
    schema: v.strictObject({
      command: v.literal('check'),
      dryRun: v.optional(v.boolean(), false),
      scheduledAt: v.exactOptional(v.string()),
    }),
    help: '{"command":"check"} (what {} does), with "dryRun":true to change nothing',
  },
  report: {
    schema: v.strictObject({ command: v.literal('report'), post: v.optional(v.boolean(), true) }),
    help: '{"command":"report"}, with "post":false to answer it only',
  },
  test: { schema: v.strictObject({ command: v.literal('test') }), help: '{"command":"test"}' },
} as const;

/** What EventBridge and its Scheduler send unless they are given an input: whatever else is in it, it is time to check. */
const eventBridgeSchema = v.object({ source: v.string(), 'detail-type': v.string() });

/** Parses what the function was invoked with. Fields that a command does not know are a mistake, never ignored. */
export function parseEvent(event: unknown): ParsedEvent {
  if (v.is(eventBridgeSchema, event) || v.is(v.strictObject({}), event)) {
    return { ok: true, command: { command: 'check', dryRun: false } };
  }
  const named = v.safeParse(v.object({ command: v.string() }), event);
  if (!named.success) return wrong('expected an object with a "command"');
  const { command } = named.output;
  if (!isCommand(command)) return wrong(`there is no command ${quoted(command)}`);
  const parsed = v.safeParse(COMMANDS[command].schema, event);
  if (parsed.success) return { ok: true, command: parsed.output };
  const faults = parsed.issues.map((issue) => {
    const field = quoted(v.getDotPath(issue) ?? 'the event');
    return issue.expected === 'never' ? `there is no field ${field}` : `${field}: expected ${issue.expected}`;
  });
  return wrong(`the command ${quoted(command)} was asked wrongly: ${faults.join('; ')}`);
}

function isCommand(command: string): command is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, command);
}

function wrong(what: string): ParsedEvent {
  const commands = Object.values(COMMANDS).map(({ help }) => help);
  return { ok: false, error: `${what}. The commands: ${commands.join('; ')}` };
}

/** What came, as a text of bounded length on one line. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
