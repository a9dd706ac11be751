import fc from 'fast-check';
import { type Memory, NOTHING_REMEMBERED } from '../../lambda/core/memory.ts';
import { MemoryConflict } from '../../lambda/memory/errors.ts';
import type { MemoryStore, Recalled } from '../../lambda/memory/memory-store.ts';
import { A_FULL_MEMORY, memories } from './a-memory.ts';
import { rejectionOf } from './rejection.ts';

/** Opens the same place once more, as another check would. */
export type Open = () => MemoryStore;

const memoryOf = (overtaken: number): Memory => ({ ...A_FULL_MEMORY, overtaken });

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
      expect(await open().recall()).toEqual({ memory: NOTHING_REMEMBERED, version: 0 });
      expect(await open().recall()).toEqual({ memory: NOTHING_REMEMBERED, version: 0 });
      expect(await open().remember(A_FULL_MEMORY, 0)).toBe(1);
    });

    it('counts its writes', async () => {
      const open = await anEmptyPlace();
      const store = open();
      for (const version of [0, 1, 2, 3]) {
        expect(await store.remember(memoryOf(version), version)).toBe(version + 1);
        const recalled = { memory: memoryOf(version), version: version + 1 };
        expect(await store.recall()).toEqual(recalled);
        expect(await open().recall()).toEqual(recalled);
      }
    });

    it('recalls what was remembered, whatever it is', async () => {
      const store = (await anEmptyPlace())();
      let version = 0;
      await fc.assert(
        fc.asyncProperty(memories(), async (memory) => {
          version = await store.remember(memory, version);
          const recalled = await store.recall();
          expect(recalled).toEqual({ memory, version });
          expect(JSON.stringify(recalled.memory)).toBe(JSON.stringify(memory));
        }),
        { numRuns },
      );
    });

    it('keeps what a later program added', async () => {
      const open = await anEmptyPlace();
      const added = { ...A_FULL_MEMORY, added: { deep: [1, { more: 'text' }] } };
      await open().remember(added, 0);
      expect((await open().recall()).memory).toEqual(added);
    });

    it.each([0, 1, 3, 4])(
      'refuses a write at version %d when the latest is 2, and writes nothing',
      async (version) => {
        const open = await anEmptyPlace();
        const latest = await twoWrites(open());
        const error = await rejectionOf(open().remember(memoryOf(100), version));
        expect(error).toBeInstanceOf(MemoryConflict);
        expect(error).toMatchObject({ code: 'memory_conflict' });
        expect(await open().recall()).toEqual(latest);
      },
    );

    it('takes a write at the latest version, also after it refused one', async () => {
      const open = await anEmptyPlace();
      const { version } = await twoWrites(open());
      await rejectionOf(open().remember(memoryOf(100), version - 1));
      expect(await open().remember(memoryOf(7), version)).toBe(version + 1);
      expect(await open().recall()).toEqual({ memory: memoryOf(7), version: version + 1 });
    });

    it('refuses a write at version 1 where nothing was ever written', async () => {
      const open = await anEmptyPlace();
      expect(await rejectionOf(open().remember(A_FULL_MEMORY, 1))).toBeInstanceOf(MemoryConflict);
      expect(await open().recall()).toEqual({ memory: NOTHING_REMEMBERED, version: 0 });
    });

    it('lets exactly one of several writes at the same version through', async () => {
      const open = await anEmptyPlace();
      const writes = [11, 12, 13, 14].map((overtaken) => open().remember(memoryOf(overtaken), 0));
      const settled = await Promise.allSettled(writes);
      const won = settled.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      const lost = settled.flatMap((write) => (write.status === 'rejected' ? [write.reason] : []));
      expect(won).toHaveLength(1);
      for (const reason of lost) expect(reason).toBeInstanceOf(MemoryConflict);
      expect(await open().recall()).toEqual({ memory: memoryOf(11 + (won[0] ?? 0)), version: 1 });
    });

    it('loses no write of several that try again until they are through', async () => {
      const open = await anEmptyPlace();
      await Promise.all([1, 2, 3, 4].map(() => countOneMore(open())));
      expect(await open().recall()).toMatchObject({ memory: { overtaken: 4 }, version: 4 });
    });
  });
}

async function twoWrites(store: MemoryStore): Promise<Recalled> {
  const version = await store.remember(memoryOf(2), await store.remember(memoryOf(1), 0));
  return { memory: memoryOf(2), version };
}

async function countOneMore(store: MemoryStore): Promise<void> {
  for (;;) {
    const { memory, version } = await store.recall();
    try {
      await store.remember({ ...memory, overtaken: memory.overtaken + 1 }, version);
      return;
    } catch (error) {
      if (!(error instanceof MemoryConflict)) throw error;
    }
  }
}
