import { check } from '../../lambda/commands/check.ts';
import { aFailingRecord, aRecord, settings } from '../commands/a-world.ts';
import { Clock, onVirtualTime } from './clock.ts';
import type { Step } from './faults.ts';
import { Random } from './random.ts';
import { START } from './run-world.ts';
import { aSimulatedCheck, NO_OBSERVER } from './simulated-check.ts';
import { SimulatedServices } from './simulated-services.ts';

/** As slow as each step can be without failing, in milliseconds. */
const SLOW: Readonly<Partial<Record<Step, number>>> = {
  list: 29_000,
  'save facts': 4900,
  post: 10_900,
  'save post': 4900,
};

describe('the time of a check', () => {
  it('ends 10 s before the time limit when every step is slow and the last writes hang', async () => {
    const clock = new Clock(START);
    const run = aSimulatedCheck({ id: '1', now: START, policy: settings().policy });
    const services = new SimulatedServices({
      clock,
      random: new Random(1),
      observer: NO_OBSERVER,
      counts: {},
      records: (at) =>
        Array.from({ length: 160 }, (_, index) =>
          // Half of them are well: no shared cause makes one line of all.
          (index % 2 === 0 ? aFailingRecord : aRecord)(at, {
            id: `sync-${index}`,
            name: `sync-${index} ${'<of & for> '.repeat(20)}`,
            connector_id: `connector-${index}`,
            connection_ref: `connection-${index}`,
            kb_uid: `kb-${index}`,
          }),
        ),
      faultAt: (step) => (step === 'save last' || step === 'save again' ? 'hangs' : undefined),
      latency: (step) => SLOW[step] ?? 10,
    });
    let seconds = 0;
    await onVirtualTime(clock, async () => {
      const ended = check(services.portsFor(run), settings()).catch(() => {
        seconds = (clock.now - START) / 1000;
      });
      await clock.run();
      await ended;
    });
    expect(run.posts.map(({ result }) => result)).toEqual(['accepted', 'refused']);
    expect(seconds).toBe(50);
  });
});
