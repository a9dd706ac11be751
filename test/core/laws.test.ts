import fc from 'fast-check';
import type { Facts, ListingFailure } from '../../lambda/core/alert.ts';
import { isEmptyPlan } from '../../lambda/core/notify/plan.ts';
import { NOTHING_REMEMBERED, routeOf } from '../../lambda/core/state.ts';
import {
  type Check,
  check,
  histories,
  type InvocationResponse,
  type Life,
  listed,
  play,
  recordOf,
  WORLD,
} from './a-history.ts';
import { hours, minutes, NOW } from './a-sync.ts';

const RUNS = { numRuns: 150, seed: 20261124 };
const kindly = histories(fc.constant<InvocationResponse>('accepted'));
const certainly = histories(fc.constantFrom<InvocationResponse>('accepted', 'accepted', 'refused'));
const roughly = histories(fc.constantFrom<InvocationResponse>('accepted', 'refused', 'unconfirmed'));

const last = (checks: readonly Check[]): Check => {
  const check = checks.at(-1);
  if (check === undefined) throw new Error('a history has at least one check');
  return check;
};

/** What a reader of the channel holds to be open, kept from the accepted messages alone. */
class Reader {
  readonly open = new Map<string, boolean>();
  readonly closingInDoubt = new Set<string>();

  read({ posts }: Check): void {
    for (const { content, answer } of posts)
      for (const { fingerprint, reason } of content.covers) {
        if (answer === 'unconfirmed' && reason === 'resolved') this.closingInDoubt.add(fingerprint);
        if (answer === 'accepted') this.hear(fingerprint, reason);
      }
  }

  private hear(fingerprint: string, reason: string): void {
    const wasOpen = this.open.get(fingerprint) ?? false;
    const mayBeClosed = !wasOpen || this.closingInDoubt.has(fingerprint);
    const isOpening = reason === 'new' || reason === 'resolved_undelivered';
    const fits = isOpening ? mayBeClosed : wasOpen;
    if (!fits) throw new Error(`${fingerprint}: "${reason}" while it was ${wasOpen ? 'open' : 'closed'}`);
    if (isOpening || reason === 'resolved') this.closingInDoubt.delete(fingerprint);
    this.open.set(fingerprint, reason !== 'resolved' && reason !== 'resolved_undelivered');
  }
}

/** Checks on, every hour, with nothing happening and Slack accepting, until a wait can no longer be why. */
function calmDown(checks: readonly Check[]): readonly Check[] {
  const calm: Check[] = [];
  let before = last(checks);
  for (let count = 0; count < 3; count += 1) {
    const now = before.now + hours(1) * 1000 + 1;
    before = check(before.after, listed(before.world, 'listed', now), now, ['accepted'], before.world);
    calm.push(before);
  }
  return calm;
}

function tellsEverythingOnce(history: Parameters<typeof play>[0]): void {
  const checks = play(history);
  const reader = new Reader();
  const all = [...checks, ...calmDown(checks)];
  for (const one of all) reader.read(one);
  const { facts } = last(all);
  const firing = Object.keys(facts.alerts).filter(
    (fingerprint) => facts.alerts[fingerprint]?.state === 'firing',
  );
  const believed = [...reader.open].filter(([, isOpen]) => isOpen).map(([fingerprint]) => fingerprint);
  expect(believed.toSorted()).toEqual(firing.toSorted());
}

describe('each alert due is told once, and each that was told gets one closing', () => {
  test('when Slack takes everything', () => {
    fc.assert(fc.property(kindly, tellsEverythingOnce), RUNS);
  });

  test('when Slack refuses some', () => {
    fc.assert(fc.property(certainly, tellsEverythingOnce), RUNS);
  });

  test('when of some nobody knows whether they arrived', () => {
    fc.assert(fc.property(roughly, tellsEverythingOnce), RUNS);
  });

  test('no digest names an alert twice', () => {
    fc.assert(
      fc.property(roughly, (history) => {
        for (const { plan } of play(history)) {
          const named = [...plan.notifications, ...plan.reminder].map(({ fingerprint }) => fingerprint);
          expect(new Set(named).size).toBe(named.length);
        }
      }),
      RUNS,
    );
  });

  test('what opened is told at once when Slack takes everything: nothing is due after a check', () => {
    fc.assert(
      fc.property(kindly, (history) => {
        for (const { after } of play(history))
          for (const logEntry of Object.values(routeOf(after).notificationLog)) {
            expect(logEntry).not.toHaveProperty('undeliveredSince');
            expect(logEntry).not.toHaveProperty('noted');
          }
      }),
      RUNS,
    );
  });
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

test('a failed listing changes nothing that is known of the syncs', () => {
  fc.assert(
    fc.property(roughly, fc.constantFrom(...FAILURES), (history, listing) => {
      const { after, now } = last(play(history));
      const blind = check(after, listing, now + 300_000);
      // Of an organisation that has never shown a sync, an empty listing is no failure.
      fc.pre(blind.evaluation.kind === 'unavailable');
      expect(withoutListing(blind.facts)).toEqual(withoutListing(after.facts));
      expect({ marks: blind.facts.histories, size: blind.facts.size }).toEqual({
        marks: after.facts.histories,
        size: after.facts.size,
      });
    }),
    RUNS,
  );
});

/** Whether a record shows any problem, judged by the contract: late is beyond 2,100 s. */
function showsAProblem({ broken, enabled, state, failures, succeededAt }: Life, now: number): boolean {
  const isFailing = state === 'failed' || (state === 'running' && failures > 0);
  return broken || !enabled || isFailing || (now - succeededAt) / 1000 > 2100;
}

test('an alert opens only by a problem that is shown, and resolves only by proof', () => {
  fc.assert(
    fc.property(roughly, (history) => {
      const seenFailing = new Map<string, number>();
      for (const { now, world, evaluation, before, facts } of play(history)) {
        if (evaluation.kind === 'unavailable') continue;
        for (const life of world) {
          if (!life.present) continue;
          const fingerprint = `sync:${life.id}`;
          const was = before.facts.alerts[fingerprint];
          const is = facts.alerts[fingerprint];
          const isOpen = is?.state === 'firing' || is?.state === 'pending';
          const wasOpen = was?.state === 'firing' || was?.state === 'pending';
          const shows = showsAProblem(life, now);
          if (isOpen && !wasOpen) expect({ fingerprint, shows }).toEqual({ fingerprint, shows: true });
          if (wasOpen && !isOpen) {
            const hadFailed = was?.problems.includes('failing');
            const succeeded = life.succeededAt > (seenFailing.get(fingerprint) ?? Number.NEGATIVE_INFINITY);
            const isProof = life.state === 'completed' || succeeded || !hadFailed;
            // Enabled again, it is late only counted from then; but what was stalled takes a success within its allowance.
            const isEnabledAgain =
              before.facts.histories[fingerprint]?.disabled && !was?.problems.includes('stalled');
            const tally = { ...life, state: null, ...(isEnabledAgain && { succeededAt: now }) };
            expect({ fingerprint, isProof, shows: showsAProblem(tally, now) }).toEqual({
              fingerprint,
              isProof: true,
              shows: false,
            });
          }
          if (life.state === 'failed' && !life.broken) seenFailing.set(fingerprint, life.succeededAt);
        }
      }
    }),
    RUNS,
  );
});

test('an inconclusive look neither opens nor closes: in progress, stopped or without a state, and no newer success', () => {
  fc.assert(
    fc.property(kindly, fc.constantFrom('running', 'stopped', null), (history, state) => {
      const { after, now, world } = last(play(history));
      const soon = now + 1000;
      // Each keeps the success that it has; none runs, fails or is disabled, and none is late.
      const idle = world.map((life) => ({
        ...life,
        present: true,
        broken: false,
        enabled: true,
        failures: 0,
        state,
      }));
      const tally = idle.filter(({ succeededAt }) => (soon - succeededAt) / 1000 <= 2100);
      const { facts } = check(after, listed(idle, 'listed', soon), soon);
      for (const { id } of tally) {
        const [was, is] = [after.facts.alerts[`sync:${id}`], facts.alerts[`sync:${id}`]];
        const isFailing = was?.state === 'firing' && was.problems.includes('failing');
        const lastSeen = after.facts.histories[`sync:${id}`]?.failing?.lastSuccessAt;
        const success = idle.find((life) => life.id === id)?.succeededAt;
        if (isFailing && lastSeen === success) expect(is?.state).toBe('firing');
        if (was === undefined) expect(is).toBeUndefined();
      }
    }),
    RUNS,
  );
});

test('the order of the records does not matter', () => {
  fc.assert(
    fc.property(roughly, fc.infiniteStream(fc.nat()), (history, dice) => {
      const { after, now, world } = last(play(history));
      const soon = now + 300_000;
      const records = world.filter(({ present }) => present).map((life) => recordOf(life, soon));
      const shuffled = records
        .map((record) => ({ record, at: dice.next().value }))
        .toSorted((one, other) => one.at - other.at)
        .map(({ record }) => record);
      const [one, other] = [records, shuffled].map((listing) => {
        const { facts, plan } = check(after, listing, soon);
        return { facts, plan: summary(plan) };
      });
      expect(other).toEqual(one);
    }),
    RUNS,
  );
});

function summary({ notifications, reminder, shrinkage }: Check['plan']) {
  return {
    notified: notifications.map(({ fingerprint, reason }) => `${fingerprint} ${reason}`).toSorted(),
    reminded: reminder.map(({ fingerprint }) => fingerprint).toSorted(),
    shrinkage,
  };
}

test('the same check once more says nothing, but for what a second absence in a row ends', () => {
  fc.assert(
    fc.property(kindly, (history) => {
      const { after, now, world } = last(play(history));
      const records = listed(world, 'listed', now);
      const first = check(after, records, now);
      const second = check(first.after, records, now);
      expect(second.plan.reminder).toEqual([]);
      for (const { alert } of second.plan.notifications) expect(alert.resolution?.how).toBe('unlisted');
      const third = check(second.after, records, now);
      expect(isEmptyPlan(third.plan)).toBe(true);
    }),
    RUNS,
  );
});

describe('unchanged input is silent until its reminder', () => {
  const PERIOD = 300;
  /** Records of which no verdict changes for two days, whatever they are. */
  const long = 40 * 86_400_000;
  const steady: Record<string, Partial<Life>> = {
    'failing, critical': { state: 'failed', failures: 3, succeededAt: NOW - long },
    'stalled, critical': { succeededAt: NOW - long, ranAt: NOW - long },
    'given up by the platform': { enabled: false, reason: 'ten failures' },
    'paused by a person': { enabled: false, reason: null },
  };
  const kinds = fc.array(fc.constantFrom(...Object.keys(steady)), { minLength: 1, maxLength: 5 });

  test('every 5 minutes for a day nothing is said, and then once what is open and not paused', () => {
    fc.assert(
      fc.property(kinds, (chosen) => {
        const base = WORLD[0];
        if (base === undefined) throw new Error('no world');
        const world = chosen.map((kind, index) => ({ ...base, ...steady[kind], id: `s${index}` }));
        const first = check(NOTHING_REMEMBERED, listed(world, 'listed', NOW), NOW);
        expect(first.plan.notifications).toHaveLength(chosen.length);
        let state = first.after;
        const said: number[] = [];
        for (let elapsed = PERIOD; elapsed <= hours(25); elapsed += PERIOD) {
          const now = NOW + elapsed * 1000;
          const { plan, after } = check(state, listed(world, 'listed', now), now);
          if (!isEmptyPlan(plan)) {
            said.push(elapsed);
            expect(plan.notifications).toEqual([]);
            const unpaused = chosen.flatMap((kind, index) =>
              kind === 'paused by a person' ? [] : [`sync:s${index}`],
            );
            expect(plan.reminder.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(unpaused);
          }
          state = after;
        }
        expect(said).toEqual(chosen.every((kind) => kind === 'paused by a person') ? [] : [hours(24)]);
      }),
      { numRuns: 20, seed: RUNS.seed },
    );
  });

  test('a random past changes nothing about that: after it was told, an hour of the same is silent', () => {
    fc.assert(
      fc.property(kindly, (history) => {
        const { after, now, world } = last(play(history));
        // As at the last check, minute by minute: runs succeed where they did, and fail where they did.
        const at = (moment: number) =>
          world.map((life) => ({
            ...life,
            ranAt: life.ranAt + moment - now,
            succeededAt: life.succeededAt + moment - now,
          }));
        let state = after;
        const said: string[] = [];
        for (let elapsed = 0; elapsed <= minutes(60); elapsed += PERIOD) {
          const moment = now + elapsed * 1000;
          const { plan, after: next } = check(state, listed(at(moment), 'listed', moment), moment);
          // What had to wait, and what was absent, is over after two more looks; an hour is not enough for a hold.
          if (elapsed > 5 * PERIOD)
            said.push(...plan.notifications.map(({ fingerprint, reason }) => `${fingerprint} ${reason}`));
          state = next;
        }
        const ofHolds = said.filter((what) => !what.endsWith('resolved'));
        expect(ofHolds).toEqual([]);
      }),
      { numRuns: 100, seed: RUNS.seed },
    );
  });
});

test('the histories are worth their name: every reason to tell comes up in them', () => {
  const reasons = new Set<string>();
  fc.assert(
    fc.property(roughly, (history) => {
      for (const { posts } of play(history))
        for (const { content } of posts) for (const { reason } of content.covers) reasons.add(reason);
    }),
    RUNS,
  );
  expect([...reasons].toSorted()).toEqual([
    'changed',
    'resolved',
    'escalated',
    'resolved_undelivered',
    'new',
    'reminder',
  ]);
});
