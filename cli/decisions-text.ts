import type { AlertDecision } from '../lambda/core/digest/decisions.ts';
import { untrusted } from '../lambda/core/digest/rich-text.ts';
import { formatNumber } from '../lambda/core/digest/wording.ts';

/**
 * One line an alert, with why it is sent now or why not: "orders: already notified 2 h ago, next reminder in 22 h".
 *
 * @param omitted How many more alerts there are.
 */
export function decisionsText(
  decisions: readonly Pick<AlertDecision, 'alert' | 'name' | 'text' | 'destination'>[],
  omitted = 0,
): string {
  if (decisions.length === 0) return 'There are no alerts.';
  const lines = decisions.map(({ alert, name, text, destination }) => {
    const to = destination === undefined ? '' : ` to ${destination}`;
    return `${untrusted(name ?? alert).text}${to}: ${text}`;
  });
  return [...lines, ...(omitted > 0 ? [`… and ${formatNumber(omitted)} more`] : [])].join('\n');
}
