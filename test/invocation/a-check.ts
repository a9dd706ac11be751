import type { Checked } from '../../lambda/commands/outcome.ts';

/** The outcome of a check in which everything worked, with named overrides. */
export function aCheck(overrides: Partial<Checked> = {}): Checked {
  return {
    kind: 'checked',
    at: '2026-11-24T09:00:00.000Z',
    organisation: 'acme',
    environment: 'prod',
    syncs: {
      listed: 20,
      healthy: 8,
      paused: 0,
      inconclusive: 1,
      problems: { disabled: 1, failing: 2, never_succeeded: 0, stalled: 3, unreadable: 1 },
      excluded: 2,
      withoutId: 1,
      repeated: 1,
      unknownFields: {},
      worstLagIntervals: 12.5,
    },
    open: 7,
    changes: [],
    decisions: [],
    notified: [],
    digests: [],
    posts: { accepted: 2, refused: 0, unconfirmed: 0, repeated: 0 },
    undelivered: { count: 0 },
    saved: true,
    dryRun: false,
    ...overrides,
  };
}
