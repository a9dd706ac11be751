import { setTimeout as sleep } from 'node:timers/promises';
import { timedPorts } from '../../lambda/commands/timed-ports.ts';
import { NOTHING_REMEMBERED, type WatchState } from '../../lambda/core/state.ts';
import { type Deadline, deadlineIn } from '../../lambda/http/deadline.ts';
import { World } from './a-world.ts';

describe('measured ports', () => {
  it('say how long each way to the world took, all its calls together', async () => {
    const world = new World();
    const slow = { ...world.ports, listing: { list: (by: ReturnType<typeof deadlineIn>) => slowly(by) } };
    async function slowly(by: ReturnType<typeof deadlineIn>) {
      await sleep(30);
      return world.ports.listing.list(by);
    }
    const { ports, durations } = timedPorts(slow);
    await ports.listing.list(deadlineIn(1));
    await ports.listing.list(deadlineIn(1));
    expect(durations().list).toBeGreaterThanOrEqual(58);
    expect(durations()).toMatchObject({ save: 0, post: 0 });
  });

  it('do what the ports do, failures included', async () => {
    const world = new World();
    const { ports } = timedPorts(world.ports);
    expect(await ports.state.save(NOTHING_REMEMBERED, 0)).toBe(1);
    expect(await ports.state.load()).toMatchObject({ version: 1 });
    await expect(ports.state.save(NOTHING_REMEMBERED, 0)).rejects.toMatchObject({
      code: 'state_conflict',
    });
  });

  it('hand on the deadlines', async () => {
    const world = new World();
    const cutBy: unknown[] = [];
    const save = async (_memory: WatchState, _version: number, deadline?: Deadline) => cutBy.push(deadline);
    const { ports } = timedPorts({ ...world.ports, state: { ...world.ports.state, save } });
    const deadline = deadlineIn(1);
    await ports.state.save(NOTHING_REMEMBERED, 0, deadline);
    expect(cutBy).toEqual([deadline]);
  });
});
