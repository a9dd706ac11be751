import type { AlertMatcher } from '../../lambda/core/matcher.ts';
import type { AcknowledgedAlert, Silence } from '../../lambda/core/silence.ts';
import { ago, hours, later } from './a-sync.ts';

type Common = Pick<Silence, 'id' | 'startsAt' | 'endsAt' | 'createdAt' | 'reason' | 'author'>;

const COMMON: Common = {
  id: 'k3f9',
  startsAt: ago(hours(1)),
  endsAt: later(hours(1)),
  createdAt: ago(hours(1)),
  reason: 'migration',
  author: 'ada',
};

/** A silence of the syncs of a matcher, from an hour ago until an hour from now. */
export function aSilence(
  match: AlertMatcher = { name: ['orders'] },
  overrides: Partial<Common> = {},
): Silence {
  return { ...COMMON, kind: 'matcher', match, ...overrides };
}

/** A silence of the alerts of a digest. */
export function aSilenceOf(alerts: readonly string[], overrides: Partial<Common> = {}): Silence {
  return { ...COMMON, kind: 'alerts', alerts, ...overrides };
}

export function anAcknowledgement(
  alerts: readonly AcknowledgedAlert[],
  overrides: Partial<Common> = {},
): Silence {
  return { ...COMMON, kind: 'acknowledgement', alerts, ...overrides };
}
