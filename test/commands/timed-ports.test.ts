import { setTimeout as sleep } from 'node:timers/promises';
import { timedPorts } from '../../lambda/commands/timed-ports.ts';
import { INITIAL_STATE, type WatchState } from '../../lambda/core/state.ts';
import { type Deadline, deadlineIn } from '../../lambda/http/deadline.ts';
import { World } from './a-world.ts';

describe('timed ports', () => {
  it('sum the time of all calls of a port', async () => {
    const world = new World();
    const slow = { ...world.ports, listing: { list: slowly } };
    async function slowly(deadline: Deadline) {
      await sleep(30);
      return world.ports.listing.list(deadline);
    }
    const { ports, durations } = timedPorts(slow);
    await ports.listing.list(deadlineIn(1));
    await ports.listing.list(deadlineIn(1));
    expect(durations().list).toBeGreaterThanOrEqual(58);
    expect(durations()).toMatchObject({ save: 0, post: 0 });
  });

  it('return and throw what the ports do', async () => {
    const world = new World();
    const { ports } = timedPorts(world.ports);
    expect(await ports.state.save(INITIAL_STATE, 0)).toBe(1);
    expect(await ports.state.load()).toMatchObject({ version: 1 });
    await expect(ports.state.save(INITIAL_STATE, 0)).rejects.toMatchObject({
      code: 'state_conflict',
    });
  });

  it('pass the deadlines on', async () => {
    const world = new World();
    const deadlines: unknown[] = [];
    const save = async (_state: WatchState, _version: number, deadline?: Deadline) =>
      deadlines.push(deadline);
    const { ports } = timedPorts({ ...world.ports, state: { ...world.ports.state, save } });
    const deadline = deadlineIn(1);
    await ports.state.save(INITIAL_STATE, 0, deadline);
    expect(deadlines).toEqual([deadline]);
  });

  it('say what the store says about its locks and its size', () => {
    const world = new World();
    const state = { ...world.ports.state, takenOver: () => 'a lock', reduced: () => 'too large' };
    const { ports } = timedPorts({ ...world.ports, state });
    expect([ports.state.takenOver?.(), ports.state.reduced?.()]).toEqual(['a lock', 'too large']);
  });
});
