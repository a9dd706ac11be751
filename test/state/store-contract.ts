import fc from 'fast-check';
import { INITIAL_STATE, type WatchState } from '../../lambda/core/state.ts';
import { StateConflict } from '../../lambda/state/errors.ts';
import type { LoadedState, StateStore } from '../../lambda/state/state-store.ts';
import { A_FULL_STATE, anyState } from './a-state.ts';
import { rejectionOf } from './rejection.ts';

/** Opens the same store again, as another check does. */
export type Open = () => StateStore;

/** A state that a test can tell from others. */
const stateWith = (supersededInARow: number): WatchState => ({ ...A_FULL_STATE, supersededInARow });

/**
 * Tests the contract of the port `StateStore`.
 *
 * @param createEmpty Creates a store to which nothing was ever written.
 * @param numRuns How many arbitrary states are written and read.
 */
export function testStoreContract(
  store: string,
  createEmpty: () => Promise<Open>,
  { numRuns = 50 }: { readonly numRuns?: number } = {},
): void {
  describe(`${store} keeps the contract of a state store`, () => {
    it('loads the initial state at version 0 before the first write, and writes nothing by that', async () => {
      const open = await createEmpty();
      expect(await open().load()).toEqual({ state: INITIAL_STATE, version: 0 });
      expect(await open().load()).toEqual({ state: INITIAL_STATE, version: 0 });
      expect(await open().save(A_FULL_STATE, 0)).toBe(1);
    });

    it('counts its writes as versions', async () => {
      const open = await createEmpty();
      const store = open();
      for (const version of [0, 1, 2, 3]) {
        expect(await store.save(stateWith(version), version)).toBe(version + 1);
        const loaded = { state: stateWith(version), version: version + 1 };
        expect(await store.load()).toEqual(loaded);
        expect(await open().load()).toEqual(loaded);
      }
    });

    it('loads any state as it was saved', async () => {
      const store = (await createEmpty())();
      let version = 0;
      await fc.assert(
        fc.asyncProperty(anyState(), async (state) => {
          version = await store.save(state, version);
          const loaded = await store.load();
          expect(loaded).toEqual({ state, version });
          expect(JSON.stringify(loaded.state)).toBe(JSON.stringify(state));
        }),
        { numRuns },
      );
    });

    it('keeps a field that a later version added', async () => {
      const open = await createEmpty();
      const added = { ...A_FULL_STATE, added: { deep: [1, { more: 'text' }] } };
      await open().save(added, 0);
      expect((await open().load()).state).toEqual(added);
    });

    it.each([0, 1, 3, 4])(
      'refuses a write at version %d when the latest is 2, and changes nothing',
      async (version) => {
        const open = await createEmpty();
        const latest = await twoWrites(open());
        const error = await rejectionOf(open().save(stateWith(100), version));
        expect(error).toBeInstanceOf(StateConflict);
        expect(error).toMatchObject({ code: 'state_conflict' });
        expect(await open().load()).toEqual(latest);
      },
    );

    it('accepts a write at the latest version after it refused another', async () => {
      const open = await createEmpty();
      const { version } = await twoWrites(open());
      await rejectionOf(open().save(stateWith(100), version - 1));
      expect(await open().save(stateWith(7), version)).toBe(version + 1);
      expect(await open().load()).toEqual({ state: stateWith(7), version: version + 1 });
    });

    it('refuses a write at version 1 before the first write', async () => {
      const open = await createEmpty();
      expect(await rejectionOf(open().save(A_FULL_STATE, 1))).toBeInstanceOf(StateConflict);
      expect(await open().load()).toEqual({ state: INITIAL_STATE, version: 0 });
    });

    it('accepts exactly one of several concurrent writes at the same version', async () => {
      const open = await createEmpty();
      const writes = [11, 12, 13, 14].map((number) => open().save(stateWith(number), 0));
      const settled = await Promise.allSettled(writes);
      const won = settled.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      const lost = settled.flatMap((write) => (write.status === 'rejected' ? [write.reason] : []));
      expect(won).toHaveLength(1);
      for (const reason of lost) expect(reason).toBeInstanceOf(StateConflict);
      expect(await open().load()).toEqual({ state: stateWith(11 + (won[0] ?? 0)), version: 1 });
    });

    it('loses no write of several writers that retry after a conflict', async () => {
      const open = await createEmpty();
      await Promise.all([1, 2, 3, 4].map(() => incrementUntilSaved(open())));
      expect(await open().load()).toMatchObject({ state: { supersededInARow: 4 }, version: 4 });
    });
  });
}

async function twoWrites(store: StateStore): Promise<LoadedState> {
  const version = await store.save(stateWith(2), await store.save(stateWith(1), 0));
  return { state: stateWith(2), version };
}

async function incrementUntilSaved(store: StateStore): Promise<void> {
  for (;;) {
    const { state, version } = await store.load();
    try {
      await store.save({ ...state, supersededInARow: state.supersededInARow + 1 }, version);
      return;
    } catch (error) {
      if (!(error instanceof StateConflict)) throw error;
    }
  }
}
