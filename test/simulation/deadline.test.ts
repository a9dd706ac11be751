import { check } from '../../lambda/commands/check.ts';
import { aFailingRecord, settings } from '../commands/a-world.ts';
import { Clock, onVirtualTime } from './clock.ts';
import type { Step } from './faults.ts';
import type { CheckRun } from './history.ts';
import { Random } from './random.ts';
import { START } from './run-world.ts';
import { Stage } from './stage.ts';

/** Each as slow as it can be without failing, in milliseconds. */
const SLOW: Readonly<Partial<Record<Step, number>>> = {
  list: 29_000,
  'remember facts': 4900,
  post: 10_900,
  'remember post': 4900,
};

describe('the time of a check', () => {
  it('is over well before it is killed, however slow everything is, and the store hangs at last', async () => {
    const clock = new Clock(START);
    const run: CheckRun = {
      id: '1',
      now: START,
      startedAt: START,
      policy: settings().policy,
      dead: false,
      writes: 0,
      wrote: false,
      lastWriteFailed: false,
      faulty: false,
      posts: [],
    };
    const stage = new Stage({
      clock,
      random: new Random(1),
      watcher: { committed() {}, posting() {}, delivered() {}, answered() {}, ended() {}, hindered() {} },
      tally: {},
      records: (at) =>
        Array.from({ length: 80 }, (_, index) =>
          aFailingRecord(at, {
            id: `sync-${index}`,
            name: `sync-${index} ${'<of & for> '.repeat(20)}`,
            connector_id: `connector-${index}`,
            connection_ref: `connection-${index}`,
            kb_uid: `kb-${index}`,
          }),
        ),
      faultAt: (step) => (step === 'remember last' || step === 'remember again' ? 'hangs' : undefined),
      latency: (step) => SLOW[step] ?? 10,
    });
    let seconds = 0;
    await onVirtualTime(clock, async () => {
      const ended = check(stage.portsFor(run), settings()).catch(() => {
        seconds = (clock.now - START) / 1000;
      });
      await clock.run();
      await ended;
    });
    expect(run.posts.map(({ answered }) => answered)).toEqual(['accepted', 'refused']);
    expect(seconds).toBe(50);
  });
});
