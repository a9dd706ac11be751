import { InMemoryStore } from '../../lambda/state/in-memory-store.ts';
import { World } from '../commands/a-world.ts';
import { A_FULL_MEMORY } from './a-state.ts';
import { keepsTheContract } from './store-contract.ts';

keepsTheContract('the memory of a process', async () => {
  const store = new InMemoryStore();
  return () => store;
});

// The tests of the check rely on it.
keepsTheContract('the fake of the tests', async () => {
  const { state } = new World();
  return () => state;
});

describe('the memory of a process', () => {
  it('shares no object with whoever remembers or recalls', async () => {
    const store = new InMemoryStore();
    await store.save(A_FULL_MEMORY, 0);
    const one = await store.load();
    const other = await store.load();
    expect(one.state).not.toBe(A_FULL_MEMORY);
    expect(one.state.facts).not.toBe(A_FULL_MEMORY.facts);
    expect(one.state.facts).not.toBe(other.state.facts);
  });

  it('is lost with it: another store knows nothing of it', async () => {
    await new InMemoryStore().save(A_FULL_MEMORY, 0);
    expect((await new InMemoryStore().load()).version).toBe(0);
  });
});
