import { setTimeout as sleep } from 'node:timers/promises';
import { type Memory, NOTHING_REMEMBERED } from '../lambda/core/memory.ts';
import { type Deadline, deadlineIn } from '../lambda/http/deadline.ts';
import { measured } from '../lambda/took.ts';
import { World } from './a-world.ts';

describe('measured ports', () => {
  it('say how long each way to the world took, all its calls together', async () => {
    const world = new World();
    const slow = { ...world.ports, listing: { list: (by: ReturnType<typeof deadlineIn>) => slowly(by) } };
    async function slowly(by: ReturnType<typeof deadlineIn>) {
      await sleep(30);
      return world.ports.listing.list(by);
    }
    const { ports, took } = measured(slow);
    await ports.listing.list(deadlineIn(1));
    await ports.listing.list(deadlineIn(1));
    expect(took().list).toBeGreaterThanOrEqual(58);
    expect(took()).toMatchObject({ remember: 0, post: 0 });
  });

  it('do what the ports do, failures included', async () => {
    const world = new World();
    const { ports } = measured(world.ports);
    expect(await ports.memory.remember(NOTHING_REMEMBERED, 0)).toBe(1);
    expect(await ports.memory.recall()).toMatchObject({ version: 1 });
    await expect(ports.memory.remember(NOTHING_REMEMBERED, 0)).rejects.toMatchObject({
      code: 'memory_conflict',
    });
  });

  it('hand on the deadlines', async () => {
    const world = new World();
    const cutBy: unknown[] = [];
    const remember = async (_memory: Memory, _version: number, deadline?: Deadline) => cutBy.push(deadline);
    const { ports } = measured({ ...world.ports, memory: { ...world.ports.memory, remember } });
    const deadline = deadlineIn(1);
    await ports.memory.remember(NOTHING_REMEMBERED, 0, deadline);
    expect(cutBy).toEqual([deadline]);
  });
});
