import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadAndList } from '../../lambda/commands/load-and-list.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import { World } from './a-world.ts';

describe('recalling and listing', () => {
  it('throws what a listing should not have thrown, also when it did before memory was recalled', async () => {
    const { ports, stored } = new World();
    const listing = { list: () => Promise.reject(new RangeError('a defect')) };
    const state = {
      ...ports.state,
      load: async () => {
        // Node.js looks for rejections that nobody listens to at the end of a turn.
        await nextTurn();
        return stored;
      },
    };
    await expect(loadAndList({ ...ports, listing, state }, deadlineIn(1))).rejects.toThrow('a defect');
  });
});
