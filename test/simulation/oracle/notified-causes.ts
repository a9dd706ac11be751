import type { Policy } from '../../../lambda/core/policy.ts';
import type { Post } from '../history.ts';
import type { ExpectedFacts } from './expected.ts';
import type { Places } from './sections.ts';

/** A shared cause that was told, as far as memory knows. */
export interface NotifiedCause {
  /** The last telling, by the clock of its check. */
  at: number;
  severity: 'warning' | 'critical';
  brought: Brought;
  /** Tellings in a row that brought the same. */
  times: number;
}

export type Brought = 'firings' | 'resolutions';

const MOST_FOLD = 8;

/** The causes that the route was told, from what Slack took for certain: sections 4 and 5, and ADR 0005. */
export class NotifiedCauses {
  readonly all = new Map<string, NotifiedCause>();
  readonly #facts: ExpectedFacts;
  readonly #places: Places;

  constructor(facts: ExpectedFacts, places: Places) {
    this.#facts = facts;
    this.#places = places;
  }

  /** The most specific told cause that covers the alert. */
  of(id: string): string | undefined {
    if (this.all.size === 0) return undefined;
    return this.#places.causesOf(id).find((key) => this.all.has(key));
  }

  /** Until what it brings is gathered, by the clock of a check; half a period of slack is let pass. */
  gathersUntil(key: string, brings: Brought, { groupIntervalSeconds, periodSeconds }: Policy): number {
    const cause = this.all.get(key);
    if (cause === undefined) return Number.NEGATIVE_INFINITY;
    const folds = cause.brought === brings ? Math.min(2 ** (cause.times - 1), MOST_FOLD) : 1;
    return cause.at + (groupIntervalSeconds * folds - periodSeconds / 2) * 1000;
  }

  /** A post was taken for certain, and that is remembered. All that one check tells of a cause is one telling. */
  told({ covers, by }: Post): void {
    for (const key of new Set(covers.map(({ cause }) => cause))) {
      const ofIt = covers.filter(({ cause, reason }) => cause === key && reason !== 'reminder');
      if (key === undefined || ofIt.length === 0) continue;
      const known = this.all.get(key);
      const isSameCheck = known?.at === by.now;
      const open = ofIt
        .map(({ fingerprint }) => this.#facts.alerts.get(fingerprint))
        .filter((alert) => alert?.state === 'firing');
      const isOpening = open.length > 0 || (isSameCheck && known.brought === 'firings');
      const brought = isOpening ? 'firings' : 'resolutions';
      const isCritical = open.some((alert) => alert?.severity === 'critical');
      this.all.set(key, {
        at: by.now,
        severity: isCritical ? 'critical' : (known?.severity ?? 'warning'),
        brought,
        times: known?.brought === brought ? known.times + (isSameCheck ? 0 : 1) : 1,
      });
    }
  }

  forget(key: string): void {
    this.all.delete(key);
  }
}
