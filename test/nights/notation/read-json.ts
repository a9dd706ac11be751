import { parsePolicy } from '../../../lambda/core/parse/parse-policy.ts';
import { LineFault, type LineReader } from './line-reader.ts';

/** Takes the rest of a line as JSON. */
export function readJson(reader: LineReader): unknown {
  const text = reader.rest('a value as JSON');
  try {
    return JSON.parse(text);
  } catch {
    throw new LineFault('a value as JSON', `"${text}"`);
  }
}

/** Takes the rest of a line as a policy, as people write it (docs/policy.md). */
export function readWrittenPolicy(reader: LineReader): unknown {
  const written = readJson(reader);
  const parsed = parsePolicy(written);
  if (!parsed.ok) throw new LineFault('a policy', `one with faults: ${parsed.faults.join('; ')}`);
  return written;
}
