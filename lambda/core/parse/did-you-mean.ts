import * as v from 'valibot';

/** "; did you mean grace?" for a field, by its path, that a strict schema does not have; empty if none is near. */
export function suggestion(schema: unknown, keys: readonly string[]): string {
  const meant = didYouMean(keys.at(-1) ?? '', fieldsAt(schema, keys.slice(0, -1)));
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** The names of the fields of the object at this path of a schema. */
function fieldsAt(schema: unknown, keys: readonly string[]): readonly string[] {
  const [key, ...rest] = keys;
  const { wrapped, entries, item } = v.is(schemaParts, schema) ? schema : {};
  if (wrapped !== undefined) return fieldsAt(wrapped, keys);
  if (key === undefined) return Object.keys(entries ?? {});
  return fieldsAt(item ?? entries?.[key], rest);
}

const schemaParts = v.object({
  wrapped: v.exactOptional(v.unknown()),
  entries: v.exactOptional(v.record(v.string(), v.unknown())),
  item: v.exactOptional(v.unknown()),
});

/** The known name that differs from a written one by two letters at most, and by less than half of it. */
export function didYouMean(written: string, known: readonly string[]): string | undefined {
  const most = Math.min(2, Math.ceil(written.length / 2) - 1);
  const ranked = known.map((name) => ({ name, distance: editDistance(written.toLowerCase(), name) }));
  const [nearest] = ranked.sort((one, other) => one.distance - other.distance);
  return nearest !== undefined && nearest.distance <= most ? nearest.name : undefined;
}

/** How many letters must be added, removed or replaced; only for names as short as ours. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length && i <= MAX_LENGTH; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1]?.toLowerCase() ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

const MAX_LENGTH = 60;
