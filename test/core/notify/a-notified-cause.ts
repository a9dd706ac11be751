import type { Destination, NotifiedCause } from '../../../lambda/core/state.ts';
import { ago } from '../a-sync.ts';

/** The key of `pg-main`, the connection of all syncs here. */
export const CAUSE_KEY = 'connection:8:postgres:pg-main';

/** The overrides of an alert that has been critical for a minute. */
export const CRITICAL = { severity: 'critical', critical: { from: ago(60) } } as const;

/** The causes of a destination on which `pg-main` was last notified so many seconds ago, as a warning, for the first time. */
export function notifiedAgo(
  seconds: number,
  overrides: Partial<NotifiedCause> = {},
): NonNullable<Destination['causes']> {
  return {
    [CAUSE_KEY]: {
      began: ago(seconds),
      at: ago(seconds),
      times: 1,
      severity: 'warning',
      ...overrides,
    },
  };
}
