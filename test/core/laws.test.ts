import fc from 'fast-check';
import type { Facts } from '../../lambda/core/alert.ts';
import type { ListingFailure } from '../../lambda/core/listing.ts';
import { isEmptyPlan } from '../../lambda/core/notify/notification.ts';
import { INITIAL_STATE } from '../../lambda/core/state.ts';
import {
  type Check,
  PLATFORM,
  type PlatformSync,
  type PostResultKind,
  recordsOf,
  runCheck,
  runSteps,
  type Step,
  stepsWith,
} from './a-history.ts';
import { Reader } from './a-reader.ts';
import { destinationIn, hours, minutes, NOW } from './a-sync.ts';

const RUNS = { numRuns: 50, seed: 20261124 };
const allAccepted = stepsWith(fc.constant<PostResultKind>('accepted'));
const someRefused = stepsWith(fc.constantFrom<PostResultKind>('accepted', 'accepted', 'refused'));
const someUnconfirmed = stepsWith(fc.constantFrom<PostResultKind>('accepted', 'refused', 'unconfirmed'));

const last = (checks: readonly Check[]): Check => {
  const check = checks.at(-1);
  if (check === undefined) throw new Error('there is at least one check');
  return check;
};

/** In hours: longer than any backoff, any hold by a cause (six hours) and any absence that must last (24 h). */
const QUIET_GAPS = [1, 1, 1, 1, 1, 1, 1, 25, 1, 1];

/** Checks without events and with every post accepted. */
function quietChecksAfter(checks: readonly Check[]): readonly Check[] {
  const quiet: Check[] = [];
  let before = last(checks);
  for (const gap of QUIET_GAPS) {
    const now = before.now + hours(gap) * 1000 + 1;
    const { platform } = before;
    before = runCheck(before.after, { response: recordsOf(platform, now), now, platform });
    quiet.push(before);
  }
  return quiet;
}

function expectEachNotificationOnce(steps: readonly Step[]): void {
  const checks = runSteps(steps);
  const reader = new Reader();
  const all = [...checks, ...quietChecksAfter(checks)];
  for (const check of all) reader.read(check);
  const { facts } = last(all);
  const firing = Object.keys(facts.alerts).filter(
    (fingerprint) => facts.alerts[fingerprint]?.state === 'firing',
  );
  expect(reader.openAlerts()).toEqual(firing.toSorted());
  const conditions = Object.entries(facts.conditions).flatMap(([fingerprint, { condition }]) =>
    condition === 'active' ? [] : [`${fingerprint} ${condition}`],
  );
  expect(reader.knownConditions()).toEqual(conditions.toSorted());
}

describe('the checks send each firing, each resolution and each change of condition once', () => {
  test('while Slack accepts every post', () => {
    fc.assert(fc.property(allAccepted, expectEachNotificationOnce), RUNS);
  });

  test('while Slack refuses some posts', () => {
    fc.assert(fc.property(someRefused, expectEachNotificationOnce), RUNS);
  });

  test('while some posts are unconfirmed', () => {
    fc.assert(fc.property(someUnconfirmed, expectEachNotificationOnce), RUNS);
  });
});

test('no plan holds an alert twice', () => {
  fc.assert(
    fc.property(someUnconfirmed, (steps) => {
      for (const { plan } of runSteps(steps)) {
        const planned = [...plan.notifications, ...plan.reminder].map(({ fingerprint }) => fingerprint);
        expect(new Set(planned).size).toBe(planned.length);
      }
    }),
    RUNS,
  );
});

test('a check leaves nothing undelivered and nothing in flight while Slack accepts every post', () => {
  fc.assert(
    fc.property(allAccepted, (steps) => {
      for (const { after } of runSteps(steps))
        for (const logEntry of Object.values(destinationIn(after).notificationLog)) {
          expect(logEntry).not.toHaveProperty('undeliveredSince');
          expect(logEntry).not.toHaveProperty('inFlight');
        }
    }),
    RUNS,
  );
});

const withoutListing = ({ alerts }: Facts) => {
  const { listing: _, ...others } = alerts;
  return others;
};

const FAILURES: readonly (ListingFailure['kind'] | readonly unknown[])[] = [
  'failed',
  'refused',
  'malformed',
  'unreadable',
  [],
];

test('a failed listing changes no alert, no history, no roster and no condition', () => {
  fc.assert(
    fc.property(someUnconfirmed, fc.constantFrom(...FAILURES), (steps, response) => {
      const { after, now } = last(runSteps(steps));
      const { evaluation, facts } = runCheck(after, { response, now: now + 300_000 });
      // An empty listing is no failure for an organisation that never had a sync.
      fc.pre(evaluation.kind === 'unavailable');
      const known = ({ alerts: _alerts, emptySince: _emptySince, nothingListed: _nothing, ...rest }: Facts) =>
        rest;
      expect(withoutListing(facts)).toEqual(withoutListing(after.facts));
      expect(known(facts)).toEqual(known(after.facts));
    }),
    RUNS,
  );
});

/** Whether a record shows any problem, by the contract: late is above 2,100 s. */
function hasProblem(
  { unreadable, enabled, disabledReason, state, failures, succeededAt }: PlatformSync,
  now: number,
): boolean {
  const isPaused = !enabled && disabledReason === null;
  if (unreadable || isPaused) return unreadable;
  const isFailing = state === 'failed' || (state === 'running' && failures > 0);
  return !enabled || isFailing || (now - succeededAt) / 1000 > 2100;
}

test('an alert opens only when its record shows a problem, and resolves only by proof', () => {
  fc.assert(
    fc.property(someUnconfirmed, (steps) => {
      /** By fingerprint, the last success at the last check that saw the sync failing. */
      const successWhenFailing = new Map<string, number>();
      for (const { now, platform, evaluation, before, facts } of runSteps(steps)) {
        if (evaluation.kind === 'unavailable') continue;
        for (const sync of platform) {
          if (!sync.listed) continue;
          const fingerprint = `sync:${sync.id}`;
          const was = before.facts.alerts[fingerprint];
          const is = facts.alerts[fingerprint];
          const isOpen = is?.state === 'firing' || is?.state === 'pending';
          const wasOpen = was?.state === 'firing' || was?.state === 'pending';
          if (isOpen && !wasOpen) {
            const problem = hasProblem(sync, now);
            expect({ fingerprint, problem }).toEqual({ fingerprint, problem: true });
          }
          // A pause ends an alert as well.
          if (wasOpen && !isOpen && is?.resolution?.how !== 'paused') {
            const hadFailed = was?.problems.includes('failing');
            const successBefore = successWhenFailing.get(fingerprint) ?? Number.NEGATIVE_INFINITY;
            const isProof = sync.state === 'completed' || sync.succeededAt > successBefore || !hadFailed;
            // A sync that is enabled again is late only from then on; a stalled alert needs a success within the threshold.
            const isEnabledAgain =
              before.facts.histories[fingerprint]?.disabled && !was?.problems.includes('stalled');
            const judged = { ...sync, state: null, ...(isEnabledAgain && { succeededAt: now }) };
            expect({ fingerprint, isProof, problem: hasProblem(judged, now) }).toEqual({
              fingerprint,
              isProof: true,
              problem: false,
            });
          }
          if (sync.state === 'failed' && !sync.unreadable)
            successWhenFailing.set(fingerprint, sync.succeededAt);
        }
      }
    }),
    RUNS,
  );
});

test('an inconclusive evaluation neither opens nor resolves an alert', () => {
  // In progress, stopped or without a state, and no newer success.
  const states = fc.constantFrom('running', 'stopped', null);
  fc.assert(
    fc.property(allAccepted, states, (steps, state) => {
      const { after, now, platform } = last(runSteps(steps));
      const soon = now + 1000;
      const inconclusive = platform.map((sync) => ({
        ...sync,
        listed: true,
        unreadable: false,
        enabled: true,
        failures: 0,
        state,
      }));
      const { facts } = runCheck(after, { response: recordsOf(inconclusive, soon), now: soon });
      for (const { id, succeededAt } of inconclusive) {
        const isLate = (soon - succeededAt) / 1000 > 2100;
        if (isLate) continue;
        const [was, is] = [after.facts.alerts[`sync:${id}`], facts.alerts[`sync:${id}`]];
        const isFailing = was?.state === 'firing' && was.problems.includes('failing');
        const successWhenFailing = after.facts.histories[`sync:${id}`]?.failing?.lastSuccessAt;
        if (isFailing && successWhenFailing === succeededAt) expect(is?.state).toBe('firing');
        if (was === undefined) expect(is).toBeUndefined();
      }
    }),
    RUNS,
  );
});

test('the order of the records does not matter', () => {
  fc.assert(
    fc.property(someUnconfirmed, fc.infiniteStream(fc.nat()), (steps, dice) => {
      const { after, now, platform } = last(runSteps(steps));
      const soon = now + 300_000;
      const records = recordsOf(platform, soon);
      const shuffled = records
        .map((record) => ({ record, at: dice.next().value }))
        .toSorted((one, other) => one.at - other.at)
        .map(({ record }) => record);
      const [one, other] = [records, shuffled].map((response) => {
        const { facts, plan } = runCheck(after, { response, now: soon });
        return { facts, plan: summary(plan) };
      });
      expect(other).toEqual(one);
    }),
    RUNS,
  );
});

function summary({ notifications, reminder, neutral }: Check['plan']) {
  return {
    notified: notifications.map(({ fingerprint, reason }) => `${fingerprint} ${reason}`).toSorted(),
    reminded: reminder.map(({ fingerprint }) => fingerprint).toSorted(),
    changed: neutral.map(({ fingerprint, kind }) => `${fingerprint} ${kind}`).toSorted(),
  };
}

test('a repeated check sends nothing, unless a second absence in a row makes an alert unlisted', () => {
  fc.assert(
    fc.property(allAccepted, (steps) => {
      const { after, now, platform } = last(runSteps(steps));
      const response = recordsOf(platform, now);
      const first = runCheck(after, { response, now });
      const second = runCheck(first.after, { response, now });
      expect(second.plan.reminder).toEqual([]);
      for (const { alert } of second.plan.notifications) expect(alert.resolution?.how).toBe('unlisted');
      const third = runCheck(second.after, { response, now });
      expect(isEmptyPlan(third.plan)).toBe(true);
    }),
    RUNS,
  );
});

describe('while nothing changes', () => {
  const PERIOD = 300;
  const DAYS_40 = 40 * 86_400_000;
  /** Records whose verdict stays the same for two days. */
  const steady: Record<string, Partial<PlatformSync>> = {
    'failing, critical': { state: 'failed', failures: 3, succeededAt: NOW - DAYS_40 },
    'stalled, critical': { succeededAt: NOW - DAYS_40, ranAt: NOW - DAYS_40 },
    'disabled by the platform': { enabled: false, disabledReason: 'ten failures' },
    'paused by a person': { enabled: false, disabledReason: null },
  };
  const kinds = fc.array(fc.constantFrom(...Object.keys(steady)), { minLength: 1, maxLength: 5 });

  test('checks every 5 minutes send nothing for a day, and then one reminder of every open alert that is not paused', () => {
    fc.assert(
      fc.property(kinds, (chosen) => {
        const base = PLATFORM[0];
        if (base === undefined) throw new Error('the platform has no sync');
        const platform = chosen.map((kind, index) => ({ ...base, ...steady[kind], id: `s${index}` }));
        const first = runCheck(INITIAL_STATE, { response: recordsOf(platform, NOW), now: NOW });
        const isPaused = (kind: string) => kind === 'paused by a person';
        const unpaused = chosen.flatMap((kind, index) => (isPaused(kind) ? [] : [`sync:s${index}`]));
        expect(first.plan.notifications).toHaveLength(unpaused.length);
        expect(first.plan.neutral).toHaveLength(chosen.length - unpaused.length);
        let state = first.after;
        const sentAfter: number[] = [];
        for (let elapsed = PERIOD; elapsed <= hours(25); elapsed += PERIOD) {
          const now = NOW + elapsed * 1000;
          const { plan, after } = runCheck(state, { response: recordsOf(platform, now), now });
          if (!isEmptyPlan(plan)) {
            sentAfter.push(elapsed);
            expect([plan.notifications, plan.neutral]).toEqual([[], []]);
            expect(plan.reminder.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(unpaused);
          }
          state = after;
        }
        expect(sentAfter).toEqual(chosen.every(isPaused) ? [] : [hours(24)]);
      }),
      { numRuns: 20, seed: RUNS.seed },
    );
  });

  test('checks send nothing but resolutions once nothing is pending or held, whatever came before', () => {
    fc.assert(
      fc.property(allAccepted, (steps) => {
        const { after, now, platform } = last(runSteps(steps));
        // The verdicts of the last check: each run and each success stays as old as it was then.
        const at = (moment: number) =>
          platform.map((sync) => ({
            ...sync,
            ranAt: sync.ranAt + moment - now,
            succeededAt: sync.succeededAt + moment - now,
          }));
        let state = after;
        const sent: string[] = [];
        for (let elapsed = 0; elapsed <= minutes(150); elapsed += PERIOD) {
          const moment = now + elapsed * 1000;
          const check = runCheck(state, { response: recordsOf(at(moment), moment), now: moment });
          // By then every pending period and every absence is over, and an hour and a period have passed since.
          if (elapsed > minutes(90))
            sent.push(
              ...check.plan.notifications.map(({ fingerprint, reason }) => `${fingerprint} ${reason}`),
            );
          state = check.after;
        }
        expect(sent.filter((one) => !one.includes(' resolved'))).toEqual([]);
      }),
      { numRuns: 40, seed: RUNS.seed },
    );
  });
});

test('the random steps of these laws bring up every reason for which a message covers something but "resolved_in_group"', () => {
  const reasons = new Set<string>();
  fc.assert(
    fc.property(someUnconfirmed, (steps) => {
      for (const { posts } of runSteps(steps))
        for (const { content } of posts) for (const { reason } of content.covers) reasons.add(reason);
    }),
    RUNS,
  );
  expect([...reasons].toSorted()).toEqual([
    'changed',
    'condition',
    'disable_imminent',
    'escalated',
    'moved',
    'new',
    'nothing_listed',
    'reminder',
    'resolved',
    'resolved_undelivered',
  ]);
});
