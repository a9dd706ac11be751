import { InProcessStore } from '../../lambda/memory/in-process-store.ts';
import { World } from '../a-world.ts';
import { A_FULL_MEMORY } from './a-memory.ts';
import { keepsTheContract } from './memory-contract.ts';

keepsTheContract('the memory of a process', async () => {
  const store = new InProcessStore();
  return () => store;
});

// The tests of the check rely on it.
keepsTheContract('the fake of the tests', async () => {
  const { memory } = new World();
  return () => memory;
});

describe('the memory of a process', () => {
  it('shares no object with whoever remembers or recalls', async () => {
    const store = new InProcessStore();
    await store.remember(A_FULL_MEMORY, 0);
    const one = await store.recall();
    const other = await store.recall();
    expect(one.memory).not.toBe(A_FULL_MEMORY);
    expect(one.memory.facts).not.toBe(A_FULL_MEMORY.facts);
    expect(one.memory.facts).not.toBe(other.memory.facts);
  });

  it('is lost with it: another store knows nothing of it', async () => {
    await new InProcessStore().remember(A_FULL_MEMORY, 0);
    expect((await new InProcessStore().recall()).version).toBe(0);
  });
});
