/** The connector, connection and knowledge base of each sync, as the listings named them. */
export class CauseKeys {
  readonly #keys = new Map<string, readonly string[]>();

  learn(records: readonly Record<string, unknown>[]): void {
    for (const record of records) {
      if (record['id'] == null) continue;
      const id = `sync:${record['id']}`;
      if (!this.#keys.has(id)) this.#keys.set(id, keysOf(record));
    }
  }

  /** The keys of the causes that this alert can share with others, the most specific first. */
  of(id: string): readonly string[] {
    return this.#keys.get(id) ?? [];
  }
}

/** The keys by which messages and the state name causes. */
function keysOf(record: Record<string, unknown>): readonly string[] {
  const { connector_id: connector, connection_ref: connection, kb_uid: knowledgeBase } = record;
  return [
    `connection:${String(connector).length}:${String(connector)}:${String(connection)}`,
    `connector:${String(connector)}`,
    `kb:${String(knowledgeBase)}`,
  ];
}
