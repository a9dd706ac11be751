import type { Evidence } from '../evidence.ts';

/** The names that people know, by the ids of the API. Two things of one name are told apart by their ids. */
export interface Names {
  readonly connectors: ReadonlyMap<string, string>;
  readonly knowledgeBases: ReadonlyMap<string, string>;
}

export const NO_NAMES: Names = { connectors: new Map(), knowledgeBases: new Map() };

/** A connector without a name goes by that of its machine. */
export function namesIn({ connectors, knowledgeBases }: Evidence): Names {
  const ofConnectors = [...(connectors?.values() ?? [])].map(({ id, name, hostname }) => [
    id,
    name ?? hostname,
  ]);
  return { connectors: distinct(ofConnectors), knowledgeBases: distinct([...(knowledgeBases ?? [])]) };
}

function distinct(names: readonly (readonly (string | null | undefined)[])[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const [, name] of names) if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    names.flatMap(([id, name]) => {
      if (!id || !name) return [];
      return [[id, (counts.get(name) ?? 0) > 1 ? `${name} (${id})` : name] as const];
    }),
  );
}
