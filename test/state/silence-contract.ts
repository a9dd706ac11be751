import { MAX_SILENCES } from '../../lambda/core/silence.ts';
import { INITIAL_STATE } from '../../lambda/core/state.ts';
import type { SilenceStore, StateStore } from '../../lambda/state/state-store.ts';
import { anAcknowledgement, aSilence, aSilenceOf } from '../core/a-silence.ts';
import { NOW } from '../core/a-sync.ts';
import { A_FULL_STATE } from './a-state.ts';

/** Opens the same store again, as another process does. */
type Open = () => StateStore & SilenceStore;

const ONE = aSilence({ name: ['orders', 'ref*'], severity: ['warning'] }, { id: 'aaaa' });
const OTHER = aSilenceOf(['sync:a', 'listing'], { id: 'bbbb', reason: '' });
const ACKNOWLEDGED = [{ fingerprint: 'sync:a', since: NOW, severity: 'critical' }] as const;
const THIRD = anAcknowledgement(ACKNOWLEDGED, { id: 'cccc' });

/**
 * Tests the contract of the port `SilenceStore`, which stores the silences beside the state.
 *
 * @param many How many silences it adds one by one: as many as there may be, or fewer where each takes long.
 */
export function testSilenceContract(
  name: string,
  createEmpty: () => Promise<Open>,
  many: number = MAX_SILENCES,
): void {
  const knownOf = async (store: StateStore) => (await store.load()).silences?.known ?? [];
  const idsOf = async (store: StateStore) => (await knownOf(store)).map(({ id }) => id).toSorted();

  describe(`${name} keeps the contract of a store of silences`, () => {
    it('has none at first', async () => {
      const open = await createEmpty();
      expect('silences' in (await open().load())).toBe(false);
    });

    it('loads each silence as it was added, for this store and for any other', async () => {
      const open = await createEmpty();
      const store = open();
      const other = open();
      await other.load();
      for (const silence of [ONE, OTHER, THIRD]) expect(await store.addSilence(silence)).toBe(true);
      for (const one of [store, other, open()]) {
        const { silences } = await one.load();
        expect(silences).toEqual({ known: [ONE, OTHER, THIRD], unknown: [] });
      }
    });

    it('adds no second silence with the same id', async () => {
      const open = await createEmpty();
      await open().addSilence(ONE);
      expect(await open().addSilence({ ...OTHER, id: ONE.id })).toBe(false);
      expect(await knownOf(open())).toEqual([ONE]);
    });

    it('removes a silence once', async () => {
      const open = await createEmpty();
      for (const silence of [ONE, OTHER]) await open().addSilence(silence);
      expect(await open().removeSilence(ONE.id)).toBe(true);
      expect(await open().removeSilence(ONE.id)).toBe(false);
      expect(await knownOf(open())).toEqual([OTHER]);
    });

    it('keeps both of two that are added at once', async () => {
      const open = await createEmpty();
      expect(await Promise.all([open().addSilence(ONE), open().addSilence(OTHER)])).toEqual([true, true]);
      expect(await idsOf(open())).toEqual(['aaaa', 'bbbb']);
    });

    it('holds silences before there is any state', async () => {
      const open = await createEmpty();
      await open().addSilence(ONE);
      const { state, version } = await open().load();
      expect(state).toEqual(INITIAL_STATE);
      await open().save(A_FULL_STATE, version);
      expect(await knownOf(open())).toEqual([ONE]);
    });

    it('keeps silences and state apart: a check that is running can save', async () => {
      const open = await createEmpty();
      const version = await open().save(A_FULL_STATE, 0);
      const check = open();
      await check.load();
      await open().addSilence(ONE);
      expect(await check.save({ ...A_FULL_STATE, supersededInARow: 9 }, version)).toBe(version + 1);
      const { state, silences } = await open().load();
      expect([state.supersededInARow, silences?.known]).toEqual([9, [ONE]]);
      expect(JSON.stringify(state)).not.toContain('aaaa');
    });

    it(`holds ${many}`, async () => {
      const open = await createEmpty();
      const ids = Array.from({ length: many }, (_, index) => `s${String(index).padStart(3, '0')}`);
      const store = open();
      for (const id of ids) await store.addSilence({ ...ONE, id });
      expect(await idsOf(open())).toEqual(ids);
    }, 60_000);
  });
}
