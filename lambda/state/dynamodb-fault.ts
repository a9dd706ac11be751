import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type AwsFault, awsAdvice, awsFault } from '../aws/fault.ts';

/** Why a transaction failed: another write came first, the next attempt may succeed, or it will not. */
type WriteFault = { readonly kind: 'conflict' } | ({ readonly kind: 'transient' | 'permanent' } & AwsFault);

/** The reasons of a cancelled transaction that the next attempt may not meet (DynamoDB, `TransactWriteItems`). */
const TRANSIENT: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
]);

/** Reads an error of the client, which has by then retried throttling, 5xx and network errors itself. */
export function writeFaultOf(thrown: unknown): WriteFault {
  if (!(thrown instanceof TransactionCanceledException)) return { kind: 'permanent', ...awsFault(thrown) };
  const codes = (thrown.CancellationReasons ?? []).flatMap(({ Code = 'None' }) =>
    Code === 'None' ? [] : [Code],
  );
  if (codes.includes('ConditionalCheckFailed')) return { kind: 'conflict' };
  const name = [...new Set(codes)].join(', ') || 'TransactionCanceledException';
  const isTransient = codes.length > 0 && codes.every((code) => TRANSIENT.has(code));
  return { kind: isTransient ? 'transient' : 'permanent', name };
}

/** The fix for a failed call to the table that needs these IAM actions. */
export function tableAdvice(fault: AwsFault, actions: string): string {
  const { name } = fault;
  if (name === 'ResourceNotFoundException') {
    return 'the table does not exist in this account and region: restore it, and adopt the restored one';
  }
  if (name === 'ValidationException') {
    return 'the table does not have the keys "scope" and "part", or the request is too large: adopt a table with those keys';
  }
  if (/Throughput|Throttl|RequestLimit|TransactionConflict/.test(name)) {
    return "the table is busy; the next check retries. If this lasts, look at the table's throttled requests";
  }
  return awsAdvice(fault, { actions, resource: 'the table', service: 'Amazon DynamoDB' });
}
