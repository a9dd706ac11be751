import type { Policy } from '../../../lambda/core/policy.ts';
import type { Post } from '../simulated-check.ts';
import type { CauseKeys } from './cause-keys.ts';
import type { ExpectedFacts } from './expected-facts.ts';

/** The notifications of a shared cause that the state says Slack has. */
interface CauseEntry {
  /** The last one, by the clock of its check. */
  at: number;
  severity: 'warning' | 'critical';
  kind: FollowUpKind;
  /** How many in a row were of this kind. */
  inARow: number;
}

export type FollowUpKind = 'firings' | 'resolutions';

const MAX_INTERVALS = 8;

/**
 * The shared causes that Slack was notified of and that are not over, by docs/design/notifications.md and
 * docs/adr/0005-shared-causes-count-syncs-that-ran.md.
 */
export class CauseLog {
  readonly entries = new Map<string, CauseEntry>();
  readonly #facts: ExpectedFacts;
  readonly #keys: CauseKeys;

  constructor(facts: ExpectedFacts, keys: CauseKeys) {
    this.#facts = facts;
    this.#keys = keys;
  }

  /** The most specific notified cause of the alert. */
  of(id: string): string | undefined {
    if (this.entries.size === 0) return undefined;
    return this.#keys.of(id).find((key) => this.entries.has(key));
  }

  /**
   * Until when follow-ups of this kind are held, by the clock of a check. The limit is half a check period early, so that
   * the check nearest to it sends them.
   */
  heldUntil(key: string, kind: FollowUpKind, { groupIntervalSeconds, periodSeconds }: Policy): number {
    const entry = this.entries.get(key);
    if (entry === undefined) return Number.NEGATIVE_INFINITY;
    const intervals = entry.kind === kind ? Math.min(2 ** (entry.inARow - 1), MAX_INTERVALS) : 1;
    return entry.at + (groupIntervalSeconds * intervals - periodSeconds / 2) * 1000;
  }

  /** The state says that Slack accepted this post. All messages of one check count as one notification of a cause. */
  confirmed({ covers, by }: Post): void {
    for (const key of new Set(covers.map(({ cause }) => cause))) {
      const ofCause = covers.filter(({ cause, reason }) => cause === key && reason !== 'reminder');
      if (key === undefined || ofCause.length === 0) continue;
      const known = this.entries.get(key);
      const isSameCheck = known?.at === by.now;
      const firing = ofCause
        .map(({ fingerprint }) => this.#facts.alerts.get(fingerprint))
        .filter((alert) => alert?.state === 'firing');
      const hasFirings = firing.length > 0 || (isSameCheck && known.kind === 'firings');
      const kind = hasFirings ? 'firings' : 'resolutions';
      const isCritical = firing.some((alert) => alert?.severity === 'critical');
      this.entries.set(key, {
        at: by.now,
        severity: isCritical ? 'critical' : (known?.severity ?? 'warning'),
        kind,
        inARow: known?.kind === kind ? known.inARow + (isSameCheck ? 0 : 1) : 1,
      });
    }
  }

  forget(key: string): void {
    this.entries.delete(key);
  }
}
