import { userInfo } from 'node:os';
import type { Request } from './command-line.ts';

/** Who asks: what this machine says of its user, a claim and no proof. */
export function authorOf(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run with a user that has no name.
    return 'unknown';
  }
}

/** The event of a command about silences, with the same fields on both hosts. */
export function silenceEventOf({ command, operands, given }: Request, author: string): unknown {
  const [operand] = operands;
  const reason = given.get('reason');
  const record = { ...(reason !== undefined && { reason }), by: author };
  switch (command) {
    case 'silence':
      return {
        command,
        ...(operand !== undefined && { token: operand }),
        ...(given.has('match') && { match: matcherOf(given.get('match') ?? '') }),
        ...(given.has('from') && { from: given.get('from') }),
        ...(given.has('for') && { for: given.get('for') }),
        ...(given.has('until') && { until: given.get('until') }),
        ...record,
      };
    case 'ack':
      return { command, id: operand, ...record };
    case 'unsilence':
      return { command, id: operand };
    default:
      return { command };
  }
}

/** "name=orders*,name=refunds,connection=pg-main" as a matcher; a part without "=" becomes a field that is refused. */
function matcherOf(written: string): Readonly<Record<string, readonly string[]>> {
  const matcher: Record<string, string[]> = {};
  for (const part of written.split(',')) {
    const [field = '', ...values] = part.split('=');
    matcher[field] = [...(matcher[field] ?? []), values.join('=')];
  }
  return matcher;
}
