import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { awsFault, isDenied, isWithoutCredentials } from '../aws/fault.ts';

/** What a failed transaction says: another write came first, it may go through in a moment, or it will not. */
export type WriteFault =
  | { readonly kind: 'conflict' }
  | { readonly kind: 'passing'; readonly name: string }
  | { readonly kind: 'lasting'; readonly name: string; readonly deniedAction?: string };

/** The reasons of a cancelled transaction that another try may not meet (DynamoDB, `TransactWriteItems`). */
const PASSING: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
]);

/** Reads what the client threw; what it retries itself (throttling, 5xx, the network) has been retried by then. */
export function writeFaultOf(thrown: unknown): WriteFault {
  if (!(thrown instanceof TransactionCanceledException)) return { kind: 'lasting', ...awsFault(thrown) };
  const codes = (thrown.CancellationReasons ?? []).flatMap(({ Code = 'None' }) =>
    Code === 'None' ? [] : [Code],
  );
  if (codes.includes('ConditionalCheckFailed')) return { kind: 'conflict' };
  const name = [...new Set(codes)].join(', ') || 'TransactionCanceledException';
  const isPassing = codes.length > 0 && codes.every((code) => PASSING.has(code));
  return { kind: isPassing ? 'passing' : 'lasting', name };
}

/** What to do about it. */
export function adviceFor(name: string, deniedAction: string | undefined, actions: string): string {
  if (isDenied(name)) return `allow the function's role ${deniedAction ?? actions} on the table`;
  if (isWithoutCredentials(name)) return "the function's credentials are missing or no longer valid";
  if (name === 'ResourceNotFoundException') return 'there is no such table here: deploy the stack again';
  if (name === 'ValidationException') {
    return 'the table does not have the keys "scope" and "part", or the request is too large: deploy the stack again';
  }
  if (/Throughput|Throttl|RequestLimit|TransactionConflict/.test(name)) {
    return 'the table is busy; the next check tries again. If this lasts, look at its throttled requests';
  }
  return 'the next check tries again; if this lasts, look at the status of Amazon DynamoDB';
}
