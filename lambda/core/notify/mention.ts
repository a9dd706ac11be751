import type { Policy } from '../policy.ts';
import type { Severity } from '../problem.ts';
import type { Notification } from './notification.ts';
import { routesOf } from './routing.ts';

/**
 * Whom a digest mentions: the mention that the first route has for the worst of its news that has any. One at most, and
 * none for resolutions, reminders and what another destination was sent before.
 */
export function mentionOf(
  notifications: readonly Notification[],
  destination: string,
  policy: Policy,
): string | undefined {
  const targets = [...policy.routes, policy.defaultRoute];
  if (targets.every(({ mention }) => mention === undefined)) return undefined;
  const found: Record<Severity, Set<unknown>> = { critical: new Set(), warning: new Set() };
  for (const notification of notifications) {
    if (!isNews(notification)) continue;
    const { fingerprint, alert } = notification;
    const routed = routesOf(policy, fingerprint, alert).find(({ target }) => target.to === destination);
    if (routed !== undefined) found[severityOf(notification)].add(routed.target);
  }
  for (const severity of ['critical', 'warning'] as const) {
    for (const target of targets) {
      const mention = found[severity].has(target) ? target.mention?.[severity] : undefined;
      if (mention !== undefined) return mention;
    }
  }
  return undefined;
}

function isNews({ reason, logEntry }: Notification): boolean {
  const isWorse = ['new', 'escalated', 'disable_imminent', 'changed'].includes(reason);
  return isWorse && !logEntry.rerouted;
}

/** Under a critical cause, warnings are part of something critical. */
function severityOf({ alert, cause }: Notification): Severity {
  return cause?.isGrouping && cause.severity === 'critical' ? 'critical' : alert.severity;
}
