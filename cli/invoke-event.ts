import { isDryRun, isPosting, type Request } from './command-line.ts';
import { silenceEventOf } from './silence-event.ts';

/**
 * The event that a request of `npm run invoke` sends to the function; undefined for one that is not JSON.
 *
 * @param author Who asks, for the commands that record it.
 */
export function eventOf(request: Request, author: string): unknown {
  const { command, operands } = request;
  switch (command) {
    case 'check':
      return { command, ...(isDryRun(request) && { dryRun: true }) };
    case 'report':
      return { command, post: isPosting(request) };
    case 'test':
      return { command, ...(isDryRun(request) && { post: false }) };
    case 'silence':
    case 'ack':
    case 'silences':
    case 'unsilence':
      return silenceEventOf(request, author);
    case 'event':
      return parsedOrUndefined(operands[0] ?? '');
    case 'demo':
      throw new Error('the demo has no event');
  }
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
