import * as v from 'valibot';
import { MAX_PATTERN_LENGTH } from '../matcher.ts';
import { PROBLEMS } from '../problem.ts';

/*
 * The schemas of matchers as people write them: a value or a list of values for each field. They give lists.
 */

const PATTERN = `expected a pattern of 1 to ${MAX_PATTERN_LENGTH} characters, or a list of them`;
const pattern = v.pipe(v.string(), v.minLength(1, PATTERN), v.maxLength(MAX_PATTERN_LENGTH, PATTERN));
const patterns = oneOrMore(pattern, PATTERN);
const problems = [...PROBLEMS, 'listing_failed'] as const;
const severities = ['warning', 'critical'] as const;

/** A value, or a list of at least one. */
function oneOrMore<T extends string>(value: v.GenericSchema<string, T>, message: string) {
  const list = v.pipe(v.array(value), v.minLength(1, message));
  return v.pipe(
    v.union([value, list], message),
    v.transform((written): readonly T[] => (typeof written === 'string' ? [written] : written)),
  );
}

const syncFields = {
  id: v.exactOptional(patterns),
  name: v.exactOptional(patterns),
  connector: v.exactOptional(patterns),
  connection: v.exactOptional(patterns),
  source: v.exactOptional(patterns),
  kb: v.exactOptional(patterns),
  table: v.exactOptional(patterns),
  source_kind: v.exactOptional(patterns),
};

const alertFields = {
  problem: v.exactOptional(oneOrMore(v.picklist(problems), `expected one or more of ${problems.join(', ')}`)),
  severity: v.exactOptional(oneOrMore(v.picklist(severities), 'expected warning, critical or both')),
};

const isNotEmpty = (fields: object) => Object.keys(fields).length > 0;
const EMPTY = 'expected at least one field: nothing would match everything';

/** A matcher of syncs, for rules that decide about problems and severities, and so cannot depend on them. */
export const syncMatcher = v.pipe(v.strictObject(syncFields), v.check(isNotEmpty, EMPTY));

/** A matcher of alerts. */
export const alertMatcher = v.pipe(
  v.strictObject({ ...syncFields, ...alertFields }),
  v.check(isNotEmpty, EMPTY),
);

/** The fields of alerts that a matcher of syncs may not name. */
export const ALERT_FIELDS: readonly string[] = Object.keys(alertFields);
