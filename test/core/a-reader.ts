import type { Facts } from '../../lambda/core/alert.ts';
import type { NotifyReason } from '../../lambda/core/notify/reason.ts';
import type { Check } from './a-history.ts';
import { days } from './a-sync.ts';

/** A reader of the channel, who knows open alerts and conditions from the accepted messages alone. */
export class Reader {
  private readonly open = new Set<string>();
  private readonly conditions = new Map<string, { readonly condition: string; readonly at: number }>();
  private readonly unconfirmedResolutions = new Set<string>();

  read({ posts, facts, now }: Check): void {
    for (const [fingerprint, { condition, at }] of this.conditions) {
      const { relistedAt = at } = facts.conditions[fingerprint] ?? {};
      // That a sync is listed again more than a day later is not sent.
      if (condition === 'unlisted' && relistedAt - at > days(1) * 1000) this.conditions.delete(fingerprint);
    }
    for (const { content, result } of posts)
      for (const { fingerprint, reason } of content.covers) {
        if (result === 'unconfirmed' && reason === 'resolved') this.unconfirmedResolutions.add(fingerprint);
        if (result !== 'accepted') continue;
        if (reason === 'condition') this.readCondition(fingerprint, conditionIn(facts, fingerprint), now);
        else if (reason !== 'moved' && reason !== 'nothing_listed')
          this.readNotification(fingerprint, reason);
      }
  }

  openAlerts(): readonly string[] {
    return [...this.open].toSorted();
  }

  knownConditions(): readonly string[] {
    return [...this.conditions]
      .map(([fingerprint, { condition }]) => `${fingerprint} ${condition}`)
      .toSorted();
  }

  private readCondition(fingerprint: string, condition: string, at: number): void {
    if ((this.conditions.get(fingerprint)?.condition ?? 'active') === condition)
      throw new Error(`${fingerprint}: "${condition}" a second time`);
    if (condition === 'active') this.conditions.delete(fingerprint);
    else this.conditions.set(fingerprint, { condition, at });
  }

  private readNotification(fingerprint: string, reason: NotifyReason): void {
    const wasOpen = this.open.has(fingerprint);
    const mayBeResolved = !wasOpen || this.unconfirmedResolutions.has(fingerprint);
    const isFirst = reason === 'new' || reason === 'resolved_undelivered' || reason === 'resolved_in_group';
    const isExpected = isFirst ? mayBeResolved : wasOpen;
    if (!isExpected)
      throw new Error(`${fingerprint}: "${reason}" while it was ${wasOpen ? 'open' : 'resolved'}`);
    if (isFirst || reason === 'resolved') this.unconfirmedResolutions.delete(fingerprint);
    if (reason.startsWith('resolved')) this.open.delete(fingerprint);
    else this.open.add(fingerprint);
  }
}

function conditionIn({ conditions }: Facts, fingerprint: string): string {
  return conditions[fingerprint]?.condition ?? 'active';
}
