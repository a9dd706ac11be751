import type { NightEvent } from '../notation/night.ts';
import type { Second } from './sync-life.ts';

/** The agents of the connectors, and what people call them and the knowledge bases. */
export class Agents {
  #goneSince = new Map<string, Second>();
  #revoked = new Set<string>();
  #names = new Map<string, string>();

  copy(): Agents {
    const copy = new Agents();
    copy.#goneSince = new Map(this.#goneSince);
    copy.#revoked = new Set(this.#revoked);
    copy.#names = new Map(this.#names);
    return copy;
  }

  change({ verb, subject }: Extract<NightEvent, { kind: 'agent' }>, now: Second): void {
    for (const id of subject.kind === 'connector' ? subject.names : []) {
      if (verb === 'goes away') this.#goneSince.set(id, now);
      else if (verb === 'is revoked') this.#revoked.add(id);
      else {
        this.#goneSince.delete(id);
        this.#revoked.delete(id);
      }
    }
  }

  call({ subject, name }: Extract<NightEvent, { kind: 'called' }>): void {
    for (const id of subject.kind === 'everything' ? [] : subject.names) this.#names.set(id, name);
  }

  nameOf(id: string): string | undefined {
    return this.#names.get(id);
  }

  isRevoked(connector: string): boolean {
    return this.#revoked.has(connector);
  }

  /** A connected agent was seen a moment ago. */
  lastSeenAt(connector: string, now: Second): Second {
    return this.#goneSince.get(connector) ?? now - 10;
  }
}
