/** Where syncs land and whence they come, as the listings said: what they can share with others. */
export class Places {
  readonly #causes = new Map<string, readonly string[]>();

  seen(records: readonly Record<string, unknown>[]): void {
    for (const record of records) {
      if (record['id'] == null) continue;
      const id = `sync:${record['id']}`;
      if (!this.#causes.has(id)) this.#causes.set(id, causesOf(record));
    }
  }

  /** The keys of the causes that the alert could share, the most specific first. */
  causesOf(id: string): readonly string[] {
    return this.#causes.get(id) ?? [];
  }
}

/** As the posts name them. */
function causesOf(record: Record<string, unknown>): readonly string[] {
  const { connector_id: connector, connection_ref: connection, kb_uid: knowledgeBase } = record;
  return [
    `connection:${String(connector).length}:${String(connector)}:${String(connection)}`,
    `connector:${String(connector)}`,
    `kb:${String(knowledgeBase)}`,
  ];
}
