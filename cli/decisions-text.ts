import type { AlertDecision } from '../lambda/core/digest/decisions.ts';
import { untrusted } from '../lambda/core/digest/rich-text.ts';

/** One line an alert, with why it is sent now or why not: "orders: already notified 2 h ago, next reminder in 22 h". */
export function decisionsText(decisions: readonly Pick<AlertDecision, 'alert' | 'name' | 'text'>[]): string {
  if (decisions.length === 0) return 'There are no alerts.';
  return decisions.map(({ alert, name, text }) => `${untrusted(name ?? alert).text}: ${text}`).join('\n');
}
