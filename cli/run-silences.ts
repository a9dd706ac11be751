import * as v from 'valibot';
import {
  acknowledgeEvent,
  eventFaults,
  silenceEvent,
  silencesEvent,
  unsilenceEvent,
} from '../lambda/commands/silence-events.ts';
import {
  acknowledge,
  endSilence,
  listSilences,
  type SilenceResult,
  silence,
} from '../lambda/commands/silences.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import type { Run } from './printer.ts';
import { authorOf, silenceEventOf } from './silence-event.ts';
import { silenceText } from './silence-text.ts';
import type { Watch } from './watch.ts';

/** Adds, lists or ends silences of an organisation that is watched from this machine: they are in its state file. */
export async function runSilences(watch: Watch, { printer, request }: Run): Promise<ExitCode> {
  const result = await resultOf(silenceEventOf(request, authorOf()), watch);
  if (result.kind === 'usage_error') {
    printer.complaint(result.error);
    return EXIT_CODES.usageError;
  }
  const { kind: _kind, ...fields } = result;
  printer.json(fields);
  printer.text(silenceText(fields) ?? '');
  return EXIT_CODES.success;
}

const EVENTS = v.variant('command', [silenceEvent, acknowledgeEvent, silencesEvent, unsilenceEvent]);

async function resultOf(event: unknown, { ports, settings }: Watch): Promise<SilenceResult> {
  const parsed = v.safeParse(EVENTS, event);
  if (!parsed.success)
    return { kind: 'usage_error', error: eventFaults(silenceEvent, parsed.issues).join('; ') };
  const command = parsed.output;
  switch (command.command) {
    case 'silence':
      return silence(ports, settings, command.request);
    case 'ack':
      return acknowledge(ports, command.request);
    case 'silences':
      return listSilences(ports, settings);
    case 'unsilence':
      return endSilence(ports, command.id);
  }
}
