import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadAndList } from '../../lambda/commands/load-and-list.ts';
import { type Deadline, deadlineIn } from '../../lambda/http/deadline.ts';
import { StateError } from '../../lambda/state/errors.ts';
import { World } from './a-world.ts';

describe('loading and listing at the same time', () => {
  it('throws a defect of the listing, also when it comes before the state is loaded', async () => {
    const { ports, stored } = new World();
    const listing = { list: () => Promise.reject(new RangeError('a defect')) };
    const state = {
      ...ports.state,
      load: async () => {
        // Node.js reports rejections without a handler at the end of a turn.
        await nextTurn();
        return stored;
      },
    };
    await expect(loadAndList({ ...ports, listing, state }, deadlineIn(1))).rejects.toThrow('a defect');
  });

  it('cuts the listing when the state cannot be loaded', async () => {
    const { ports } = new World();
    const signals: AbortSignal[] = [];
    const listing = {
      list: (deadline: Deadline) => {
        signals.push(deadline.signal);
        return ports.listing.list(deadline);
      },
    };
    const state = {
      ...ports.state,
      load: () => Promise.reject(new StateError('state_unreadable', 'no table')),
    };
    await expect(loadAndList({ ...ports, listing, state }, deadlineIn(1))).rejects.toThrow('no table');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
