import * as v from 'valibot';
import type { WatchState } from '../core/state.ts';
import { stateSchema } from './document-schema.ts';
import { EMPTY_STATE_NOTE, NOT_CHANGED, StateError } from './errors.ts';
import type { LoadedState } from './state-store.ts';

/**
 * The schema of the documents that this program writes. New versions add fields and never change one, and unknown fields
 * are kept, so the version before can still read the document (docs/adr/0003-state-outlives-the-program.md).
 */
const SCHEMA_VERSION = 1;

/** The document of a state: plain JSON, times as milliseconds since the Unix epoch. */
export function encode(state: WatchState, version: number): Readonly<Record<string, unknown>> {
  return { ...state, schemaVersion: SCHEMA_VERSION, version };
}

/**
 * The state of a stored document. Unknown fields are kept at every level, and written back.
 *
 * @param label Names the document in an error: "the state file .sync-alerts/acme.json".
 * @throws StateError `state_newer` for a schema later than the next one, `state_unreadable` for an invalid document. It
 * names the faults by their paths, never by their values.
 */
export function decode(stored: unknown, label: string): LoadedState {
  const header = v.safeParse(headerSchema, stored);
  if (header.success && header.output.schemaVersion > SCHEMA_VERSION + 1) {
    const { schemaVersion } = header.output;
    const problem = `a newer program wrote ${label} (schema ${schemaVersion}, this one reads up to ${SCHEMA_VERSION + 1})`;
    throw new StateError('state_newer', `${problem}; update sync-alerts. ${NOT_CHANGED}`);
  }
  if (header.success && v.is(stateSchema, stored)) {
    const { schemaVersion: _schemaVersion, version: _version, ...state } = stored;
    return { state, version: header.output.version };
  }
  const faults = [...faultsOf(headerSchema, stored), ...faultsOf(stateSchema, stored)]
    .slice(0, MAX_FAULTS)
    .join('; ');
  const advice = `restore a copy, or move it away to start with an empty state (${EMPTY_STATE_NOTE})`;
  throw new StateError(
    'state_unreadable',
    `${label} is not a valid state: ${faults}. ${NOT_CHANGED}; ${advice}`,
  );
}

const MAX_FAULTS = 5;

const headerSchema = v.looseObject({
  schemaVersion: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});

/** Each fault as its path and the expected type; never the value. */
function faultsOf(schema: v.GenericSchema, stored: unknown): readonly string[] {
  const { issues } = v.safeParse(schema, stored);
  return (issues ?? []).map((issue) => {
    const expected = issue.type === 'custom' ? issue.message : (issue.expected ?? issue.type);
    return `${v.getDotPath(issue) ?? 'the document'}: expected ${expected}`;
  });
}
