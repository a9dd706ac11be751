import * as v from 'valibot';
import type { Invocation } from '../emulator.ts';

const LineSchema = v.object({ level: v.string(), message: v.record(v.string(), v.unknown()) });

/** What the function logged: one entry for each line. Throws for a line that is not in Lambda's JSON form. */
export function logged({ output }: Invocation): readonly Readonly<Record<string, unknown>>[] {
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => v.parse(LineSchema, JSON.parse(line)).message);
}
