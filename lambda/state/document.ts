import * as v from 'valibot';
import type { WatchState } from '../core/state.ts';
import { stateSchema } from './document-schema.ts';
import { StateError } from './errors.ts';
import type { LoadedState } from './state-store.ts';

/**
 * The shape of the documents that this program writes. Fields are added, never changed, and what is not known is kept:
 * so the program of the version before still reads what this one wrote (docs/adr/0003).
 */
export const SCHEMA_VERSION = 1;

/** A memory as the document that is stored: plain JSON, moments as milliseconds since the Unix epoch. */
export function encode(state: WatchState, version: number): Readonly<Record<string, unknown>> {
  return { ...state, schemaVersion: SCHEMA_VERSION, version };
}

/**
 * What was stored, as a memory. Unknown fields ride along, at every level, and are written back.
 *
 * @param place Names the document in an error: "the memory file .sync-alerts/acme.json".
 * @throws MemoryError `memory_newer` for a document of a later program than the next one, `memory_unreadable` for one
 * that is not a memory; the faults are named by their paths, never by their values.
 */
export function decode(stored: unknown, place: string): LoadedState {
  const label = v.safeParse(labelSchema, stored);
  if (label.success && label.output.schemaVersion > SCHEMA_VERSION + 1) {
    const what = `${place} was written by a newer program (schema ${label.output.schemaVersion}, this one reads up to ${SCHEMA_VERSION + 1})`;
    throw new StateError('state_newer', `${what}; update this program. The memory is left as it is`);
  }
  if (label.success && v.is(stateSchema, stored)) {
    const { schemaVersion: _schemaVersion, version: _version, ...state } = stored;
    return { state, version: label.output.version };
  }
  const faults = [...issues(labelSchema, stored), ...issues(stateSchema, stored)]
    .slice(0, MAX_FAULTS)
    .join('; ');
  const advice = 'move it away to start afresh (everything wrong is then told again), or restore a copy';
  throw new StateError(
    'state_unreadable',
    `${place} is not a memory: ${faults}. It is left as it is; ${advice}`,
  );
}

const MAX_FAULTS = 5;

const labelSchema = v.looseObject({
  schemaVersion: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});

/** Each fault as its path and what was expected there; what stood there is not said. */
function issues(schema: v.GenericSchema, stored: unknown): readonly string[] {
  const { issues } = v.safeParse(schema, stored);
  return (issues ?? []).map((issue) => {
    const expected = issue.type === 'custom' ? issue.message : (issue.expected ?? issue.type);
    return `${v.getDotPath(issue) ?? 'the document'}: expected ${expected}`;
  });
}
