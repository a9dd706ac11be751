import * as v from 'valibot';
import type { Invocation } from '../emulator.ts';

const MetricsSchema = v.looseObject({ _aws: v.unknown() });
const LineSchema = v.object({ level: v.string(), message: v.record(v.string(), v.unknown()) });

/**
 * The log entries of an invocation, in their order, without the line of metrics.
 *
 * @throws Error for a line that is not in Lambda's JSON format.
 */
export function logEntries({ output }: Invocation): readonly Readonly<Record<string, unknown>>[] {
  const lines = output.split('\n').filter((line) => line !== '');
  const entries = lines
    .map((line): unknown => JSON.parse(line))
    .filter((entry) => !v.is(MetricsSchema, entry));
  return entries.map((entry) => v.parse(LineSchema, entry).message);
}
