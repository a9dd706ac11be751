import fc from 'fast-check';
import { NOTHING_REMEMBERED, type WatchState } from '../../lambda/core/state.ts';
import { StateConflict } from '../../lambda/state/errors.ts';
import type { LoadedState, StateStore } from '../../lambda/state/state-store.ts';
import { A_FULL_MEMORY, memories } from './a-state.ts';
import { rejectionOf } from './rejection.ts';

/** Opens the same place once more, as another check would. */
export type Open = () => StateStore;

const memoryOf = (overtaken: number): WatchState => ({ ...A_FULL_MEMORY, supersededInARow: overtaken });

/**
 * What every store of the port `MemoryStore` keeps.
 *
 * @param anEmptyPlace A place where nothing was ever remembered, a new one at each call.
 * @param numRuns How many memories are written and read.
 */
export function keepsTheContract(
  store: string,
  anEmptyPlace: () => Promise<Open>,
  { numRuns = 50 }: { readonly numRuns?: number } = {},
): void {
  describe(`${store} keeps the contract of a memory`, () => {
    it('recalls that nothing is remembered, at version 0, and writes nothing by it', async () => {
      const open = await anEmptyPlace();
      expect(await open().load()).toEqual({ state: NOTHING_REMEMBERED, version: 0 });
      expect(await open().load()).toEqual({ state: NOTHING_REMEMBERED, version: 0 });
      expect(await open().save(A_FULL_MEMORY, 0)).toBe(1);
    });

    it('counts its writes', async () => {
      const open = await anEmptyPlace();
      const store = open();
      for (const version of [0, 1, 2, 3]) {
        expect(await store.save(memoryOf(version), version)).toBe(version + 1);
        const loaded = { state: memoryOf(version), version: version + 1 };
        expect(await store.load()).toEqual(loaded);
        expect(await open().load()).toEqual(loaded);
      }
    });

    it('recalls what was remembered, whatever it is', async () => {
      const store = (await anEmptyPlace())();
      let version = 0;
      await fc.assert(
        fc.asyncProperty(memories(), async (state) => {
          version = await store.save(state, version);
          const loaded = await store.load();
          expect(loaded).toEqual({ state, version });
          expect(JSON.stringify(loaded.state)).toBe(JSON.stringify(state));
        }),
        { numRuns },
      );
    });

    it('keeps what a later program added', async () => {
      const open = await anEmptyPlace();
      const added = { ...A_FULL_MEMORY, added: { deep: [1, { more: 'text' }] } };
      await open().save(added, 0);
      expect((await open().load()).state).toEqual(added);
    });

    it.each([0, 1, 3, 4])(
      'refuses a write at version %d when the latest is 2, and writes nothing',
      async (version) => {
        const open = await anEmptyPlace();
        const latest = await twoWrites(open());
        const error = await rejectionOf(open().save(memoryOf(100), version));
        expect(error).toBeInstanceOf(StateConflict);
        expect(error).toMatchObject({ code: 'state_conflict' });
        expect(await open().load()).toEqual(latest);
      },
    );

    it('takes a write at the latest version, also after it refused one', async () => {
      const open = await anEmptyPlace();
      const { version } = await twoWrites(open());
      await rejectionOf(open().save(memoryOf(100), version - 1));
      expect(await open().save(memoryOf(7), version)).toBe(version + 1);
      expect(await open().load()).toEqual({ state: memoryOf(7), version: version + 1 });
    });

    it('refuses a write at version 1 where nothing was ever written', async () => {
      const open = await anEmptyPlace();
      expect(await rejectionOf(open().save(A_FULL_MEMORY, 1))).toBeInstanceOf(StateConflict);
      expect(await open().load()).toEqual({ state: NOTHING_REMEMBERED, version: 0 });
    });

    it('lets exactly one of several writes at the same version through', async () => {
      const open = await anEmptyPlace();
      const writes = [11, 12, 13, 14].map((overtaken) => open().save(memoryOf(overtaken), 0));
      const settled = await Promise.allSettled(writes);
      const won = settled.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      const lost = settled.flatMap((write) => (write.status === 'rejected' ? [write.reason] : []));
      expect(won).toHaveLength(1);
      for (const reason of lost) expect(reason).toBeInstanceOf(StateConflict);
      expect(await open().load()).toEqual({ state: memoryOf(11 + (won[0] ?? 0)), version: 1 });
    });

    it('loses no write of several that try again until they are through', async () => {
      const open = await anEmptyPlace();
      await Promise.all([1, 2, 3, 4].map(() => countOneMore(open())));
      expect(await open().load()).toMatchObject({ state: { supersededInARow: 4 }, version: 4 });
    });
  });
}

async function twoWrites(store: StateStore): Promise<LoadedState> {
  const version = await store.save(memoryOf(2), await store.save(memoryOf(1), 0));
  return { state: memoryOf(2), version };
}

async function countOneMore(store: StateStore): Promise<void> {
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
