import { InMemoryStore } from '../../lambda/state/in-memory-store.ts';
import { World } from '../commands/a-world.ts';
import { A_FULL_STATE } from './a-state.ts';
import { testSilenceContract } from './silence-contract.ts';
import { testStoreContract } from './store-contract.ts';

testStoreContract('the in-memory store', async () => {
  const store = new InMemoryStore();
  return () => store;
});

testSilenceContract('the in-memory store', async () => {
  const store = new InMemoryStore();
  return () => store;
});

// The tests of a check rely on this fake.
testStoreContract('the fake store of the tests', async () => {
  const { state } = new World();
  return () => state;
});

describe('the in-memory store', () => {
  it('shares no object with its callers', async () => {
    const store = new InMemoryStore();
    await store.save(A_FULL_STATE, 0);
    const one = await store.load();
    const other = await store.load();
    expect(one.state).not.toBe(A_FULL_STATE);
    expect(one.state.facts).not.toBe(A_FULL_STATE.facts);
    expect(one.state.facts).not.toBe(other.state.facts);
  });

  it('is empty in another instance', async () => {
    await new InMemoryStore().save(A_FULL_STATE, 0);
    expect((await new InMemoryStore().load()).version).toBe(0);
  });
});
