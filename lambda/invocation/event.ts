import * as v from 'valibot';
import {
  acknowledgeEvent,
  eventFaults,
  quoted,
  silenceEvent,
  silencesEvent,
  unsilenceEvent,
} from '../commands/silence-events.ts';
import type { AcknowledgeRequest, SilenceRequest } from '../commands/silences.ts';

/** The command of an invocation. */
export type Command =
  | {
      readonly command: 'check';
      readonly dryRun: boolean;
      /** When the schedule was to run it, in the words of EventBridge Scheduler: "2026-11-24T09:00:00Z". */
      readonly scheduledAt?: string;
    }
  | { readonly command: 'report'; readonly post: boolean }
  | { readonly command: 'test'; readonly post?: boolean }
  | { readonly command: 'silence'; readonly request: SilenceRequest }
  | { readonly command: 'ack'; readonly request: AcknowledgeRequest }
  | { readonly command: 'silences' }
  | { readonly command: 'unsilence'; readonly id: string };

/** The command, or a usage error. A usage error is no failure of the function. */
type ParsedEvent =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly error: string };

/** Each command: the schema of its event, and its line in a usage error. */
const COMMANDS = {
  check: {
    schema: v.strictObject({
      command: v.literal('check'),
      dryRun: v.optional(v.boolean(), false),
      scheduledAt: v.exactOptional(v.string()),
    }),
    help: '{"command":"check"} (the same as {}), with "dryRun":true to change nothing',
  },
  report: {
    schema: v.strictObject({ command: v.literal('report'), post: v.optional(v.boolean(), true) }),
    help: '{"command":"report"}, with "post":false to post nothing to Slack',
  },
  test: {
    schema: v.strictObject({ command: v.literal('test'), post: v.exactOptional(v.boolean()) }),
    help: '{"command":"test"}, with "post":false to post nothing to Slack',
  },
  silence: {
    schema: silenceEvent,
    help: '{"command":"silence","match":{"name":"orders*"},"for":"2d","reason":"migration"}, with "token" of a digest instead of "match"',
  },
  ack: { schema: acknowledgeEvent, help: '{"command":"ack","id":"sync_42"}' },
  silences: { schema: silencesEvent, help: '{"command":"silences"}' },
  unsilence: { schema: unsilenceEvent, help: '{"command":"unsilence","id":"k3f9"}' },
} as const;

/** The event of EventBridge and its Scheduler when they are given no input of their own. It always means a check. */
const eventBridgeSchema = v.object({ source: v.string(), 'detail-type': v.string() });

/** Parses the event of an invocation. A field that the command does not have is a usage error, never ignored. */
export function parseEvent(event: unknown): ParsedEvent {
  if (v.is(eventBridgeSchema, event) || v.is(v.strictObject({}), event)) {
    return { ok: true, command: { command: 'check', dryRun: false } };
  }
  const named = v.safeParse(v.object({ command: v.string() }), event);
  if (!named.success) return usageError('expected an object with a "command"');
  const { command } = named.output;
  if (!isCommand(command)) return usageError(`there is no command ${quoted(command)}`);
  const parsed = v.safeParse(COMMANDS[command].schema, event);
  if (parsed.success) return { ok: true, command: parsed.output };
  const faults = eventFaults(COMMANDS[command].schema, parsed.issues);
  return usageError(`the command ${quoted(command)} has a usage error: ${faults.join('; ')}`);
}

function isCommand(command: string): command is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, command);
}

function usageError(error: string): ParsedEvent {
  const commands = Object.values(COMMANDS).map(({ help }) => help);
  return { ok: false, error: `${error}. The commands: ${commands.join('; ')}` };
}
