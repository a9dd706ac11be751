import { check } from '../../lambda/commands/check.ts';
import type { CheckSettings } from '../../lambda/commands/ports.ts';
import { aPolicy } from '../core/a-sync.ts';
import {
  aFailingRecord,
  aRecord,
  HOUR,
  MINUTE,
  REFUSED,
  START,
  settings,
  UNCONFIRMED,
  World,
} from './a-world.ts';
import { completedCheck } from './run-check.ts';

const TWO_TEAMS = aPolicy({
  destinations: {
    shop: { kind: 'slack', webhook: 'shop' },
    payments: { kind: 'slack', webhook: 'payments' },
  },
  routes: [
    { match: { connector: 'shop' }, to: 'shop' },
    { match: { connector: 'payments' }, to: 'payments' },
  ],
});

const PAGER = aPolicy({
  destinations: { pager: { kind: 'slack', webhook: 'pager' } },
  routes: [{ match: { severity: 'critical' }, to: 'pager', continue: true }],
});

/** A failing sync that shares nothing with others but its connector. */
const failing = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
  aFailingRecord(START, { id, name: id, connection_ref: id, kb_uid: id, connector_id: 'shop', ...more });
const healthy = (at: number, id: string, more: Readonly<Record<string, unknown>> = {}) =>
  aRecord(at, { id, name: id, connection_ref: id, kb_uid: id, connector_id: 'shop', ...more });
const payments = { connector_id: 'payments' };
/** Its last success is 4 hours ago: critical. */
const critical = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
  failing(id, {
    last_success_at: new Date(START - 4 * HOUR).toISOString(),
    seconds_since_success: 4 * 3600,
    ...more,
  });

function aWorld(...names: readonly string[]): World {
  const world = new World();
  for (const name of names) world.aDestination(name);
  return world;
}

/** The next check, 5 minutes later. */
async function next(world: World, overrides: Partial<CheckSettings> = {}) {
  world.now += 5 * MINUTE;
  return completedCheck(world, overrides);
}

describe('two teams with a channel each', () => {
  const policy = TWO_TEAMS;

  it('each get a digest of what is theirs, and the default one gets the rest', async () => {
    const world = aWorld('shop', 'payments');
    world.shown = [failing('orders'), failing('fees', payments), failing('leads', { connector_id: 'crm' })];
    const { changes, posts } = await completedCheck(world, { policy });
    expect(world.takePostedByDestination()).toEqual({
      shop: [expect.stringMatching(/orders/)],
      payments: [expect.stringMatching(/fees/)],
      default: [expect.stringMatching(/leads/)],
    });
    expect(posts.accepted).toBe(3);
    expect(changes.map(({ name, destination }) => ({ name, destination }))).toEqual([
      { name: 'leads', destination: 'default' },
      { name: 'orders', destination: 'shop' },
      { name: 'fees', destination: 'payments' },
    ]);
  });

  it('count in their digests what is theirs', async () => {
    const world = aWorld('shop', 'payments');
    world.shown = (at) => [failing('orders'), healthy(at, 'carts'), failing('fees', payments)];
    await completedCheck(world, { policy });
    const context = world.others['shop']?.posted[0]?.blocks.at(-1);
    expect(context).toMatchObject({
      elements: [{ text: expect.stringMatching(/^3 syncs checked\s· 1 open here\s· /) }],
    });
  });

  it('hear of a listing failure only where the default route leads', async () => {
    const world = aWorld('shop', 'payments');
    world.shown = { kind: 'refused', request: 'GET', received: '401 Unauthorized' };
    await check(world.ports, { ...settings(), policy }).catch(() => undefined);
    expect(Object.keys(world.takePostedByDestination())).toEqual(['default']);
  });

  it('hear of the recovery where the alert was announced, also when it matches another route by then', async () => {
    const world = aWorld('shop', 'payments');
    world.shown = [failing('orders')];
    await completedCheck(world, { policy });
    world.takePostedByDestination();
    world.shown = [failing('orders', payments)];
    await next(world, { policy });
    expect(world.takePostedByDestination()).toEqual({ payments: [expect.stringContaining('orders')] });
    await next(world, { policy });
    expect(world.takePostedByDestination()).toEqual({});
    world.shown = (at) => [healthy(at, 'orders', payments)];
    await next(world, { policy });
    expect(world.takePostedByDestination()).toEqual({
      shop: [expect.stringContaining('orders')],
      payments: [expect.stringContaining('orders')],
    });
    expect((await next(world, { policy })).saved).toBe(false);
  });

  it('hear of pauses where their syncs belong, and of unlisted syncs where the alert was announced or by default', async () => {
    const world = aWorld('shop', 'payments');
    const rest = (at: number) => ['a', 'b', 'c'].map((id) => healthy(at, id, { connector_id: 'crm' }));
    world.shown = (at) => [
      ...rest(at),
      healthy(at, 'orders'),
      failing('fees', payments),
      healthy(at, 'dues', payments),
    ];
    await completedCheck(world, { policy });
    world.takePostedByDestination();
    const paused = { enabled: false, disabled_reason: null };
    world.shown = (at) => [...rest(at), healthy(at, 'orders', paused)];
    const all: Record<string, string[]> = {};
    for (let checks = 0; checks < 30; checks += 1) {
      await next(world, { policy });
      for (const [name, texts] of Object.entries(world.takePostedByDestination()))
        all[name] = [...(all[name] ?? []), ...texts];
    }
    expect(all['shop']).toEqual([expect.stringContaining('1 sync paused')]);
    expect(all['payments']).toEqual([expect.stringContaining('fees')]);
    expect(all['default']?.join()).toContain('no longer listed');
    world.shown = (at) => [
      ...rest(at),
      healthy(at, 'orders'),
      failing('fees', payments),
      healthy(at, 'dues', payments),
    ];
    for (let checks = 0; checks < 12; checks += 1) await next(world, { policy });
    const back = world.takePostedByDestination();
    expect(back['default']?.join()).toContain('listed again');
    expect(back['shop']?.join()).toContain('resumed');
  });

  it('are quiet with one dead destination among them, which neither blocks nor repeats the others', async () => {
    const world = aWorld('shop', 'payments');
    world.others['shop']?.postResults.push(REFUSED, REFUSED, UNCONFIRMED);
    world.shown = [failing('orders'), failing('fees', payments), failing('leads', { connector_id: 'crm' })];
    await completedCheck(world, { policy });
    const { posts } = await next(world, { policy });
    expect(posts).toMatchObject({ accepted: 0, refused: 1 });
    expect(world.takePostedByDestination()).toEqual({
      shop: [expect.anything(), expect.anything()],
      payments: [expect.anything()],
      default: [expect.anything()],
    });
    await next(world, { policy });
    world.shown = [failing('orders'), failing('fees', payments), failing('dues', payments)];
    const repeat = await next(world, { policy });
    expect(repeat.posts).toMatchObject({ accepted: 2, repeated: 1 });
    expect(repeat.undelivered.count).toBe(0);
    expect(world.takePostedByDestination()).toEqual({
      shop: [expect.anything(), expect.anything()],
      payments: [expect.stringContaining('dues')],
    });
  });

  it('need no write for a quiet check', async () => {
    const world = aWorld('shop', 'payments');
    world.shown = (at) => [failing('orders'), healthy(at, 'fees', payments)];
    await completedCheck(world, { policy });
    world.writes.splice(0);
    expect((await next(world, { policy })).saved).toBe(false);
    expect(world.writes).toEqual([]);
  });

  it('post at the same time', async () => {
    const world = aWorld('shop', 'payments');
    world.shown = [failing('orders'), failing('fees', payments)];
    const waiting: (() => void)[] = [];
    const { destinations = {}, ...ports } = world.ports;
    const slow = Object.fromEntries(
      Object.entries(destinations).map(([name, port]) => [
        name,
        {
          ...port,
          write: async (...given: Parameters<typeof port.write>) =>
            (await port.write(...given)).map((message) => ({
              ...message,
              post: async (...deadline: Parameters<typeof message.post>) => {
                await new Promise<void>((resolve) => {
                  waiting.push(resolve);
                  if (waiting.length === 2) for (const go of waiting) go();
                });
                return message.post(...deadline);
              },
            })),
        },
      ]),
    );
    const outcome = await check({ ...ports, destinations: slow }, { ...settings(), policy });
    expect(outcome).toMatchObject({ posts: { accepted: 2 } });
    expect(world.stored.state.lease).toBeUndefined();
  });
});

describe('a route by severity with `continue`', () => {
  const policy = PAGER;

  it('gets what is critical beside the default one', async () => {
    const world = aWorld('pager');
    world.shown = [failing('orders'), critical('fees')];
    await completedCheck(world, { policy });
    const posted = world.takePostedByDestination();
    expect(posted['pager']).toEqual([expect.stringMatching(/fees/)]);
    expect(posted['pager']?.join()).not.toContain('orders');
    expect(posted['default']).toEqual([expect.stringMatching(/fees.*orders/)]);
  });

  it('hears of an alert as new once it becomes critical, with its true beginning', async () => {
    const world = aWorld('pager');
    world.shown = [failing('orders')];
    await completedCheck(world, { policy });
    world.takePostedByDestination();
    world.now += 4 * HOUR;
    const { changes } = await completedCheck(world, { policy });
    expect(changes).toMatchObject([
      { destination: 'default', reason: 'escalated' },
      { destination: 'pager', reason: 'new' },
    ]);
    const [message] = world.others['pager']?.posted ?? [];
    expect(JSON.stringify(message?.blocks)).toMatch(/(first seen|open for) 4\sh/);
  });

  it('hears no pauses', async () => {
    const world = aWorld('pager');
    world.shown = (at) => [healthy(at, 'orders')];
    await completedCheck(world, { policy });
    world.shown = (at) => [healthy(at, 'orders', { enabled: false, disabled_reason: null })];
    for (let checks = 0; checks < 14; checks += 1) await next(world, { policy });
    expect(Object.keys(world.takePostedByDestination())).toEqual(['default']);
  });
});

describe('changed routes', () => {
  /** They share nothing with each other, and as many others are healthy: no cause explains them. */
  const fifty = (at: number) =>
    Array.from({ length: 50 }, (_, index) => [
      failing(`s${index}`, { connector_id: `c${index}` }),
      healthy(at, `h${index}`, { connector_id: `c${index}` }),
    ]).flat();
  const toTeam = aPolicy({
    destinations: { team: { kind: 'slack', webhook: 'team' } },
    routes: [{ match: { connector: 'c*' }, to: 'team' }],
  });
  const without = aPolicy();

  it('fold fifty open alerts that move into one line', async () => {
    const world = aWorld('team');
    world.shown = fifty;
    await completedCheck(world, { policy: without });
    world.takePostedByDestination();
    const { digests } = await next(world, { policy: toTeam });
    expect(digests).toHaveLength(1);
    expect(digests[0]?.sections.flatMap(({ items }) => items)).toHaveLength(1);
    expect(world.takePostedByDestination()).toEqual({
      team: [expect.stringContaining('50 open alerts of other routes')],
    });
    expect((await next(world, { policy: toTeam })).saved).toBe(false);
  });

  it('fold them also when they could not be posted at first', async () => {
    const world = aWorld('team');
    world.shown = fifty;
    await completedCheck(world, { policy: without });
    world.others['team']?.postResults.push(REFUSED);
    await next(world, { policy: toTeam });
    world.takePostedByDestination();
    await next(world, { policy: toTeam });
    expect(world.takePostedByDestination()).toEqual({
      team: [expect.stringContaining('50 open alerts of other routes')],
    });
  });

  it('move what a removed destination was not sent to the default one, also when it ended meanwhile', async () => {
    const world = aWorld('team');
    world.shown = [failing('c1', { connector_id: 'c1' })];
    world.others['team']?.postResults.push(REFUSED);
    await completedCheck(world, { policy: toTeam });
    world.takePostedByDestination();
    world.shown = (at) => [healthy(at, 'c1', { connector_id: 'c1' })];
    const { changes, undelivered } = await next(world, { policy: without });
    expect(changes).toMatchObject([{ name: 'c1', reason: 'resolved_undelivered' }]);
    expect(undelivered.count).toBe(0);
    expect(Object.keys(world.stored.state.routes)).toEqual(['default']);
  });

  it('send what is open at a removed destination to the default one, with its true beginning', async () => {
    const world = aWorld('team');
    world.shown = [failing('c1', { connector_id: 'c1' })];
    await completedCheck(world, { policy: toTeam });
    world.takePostedByDestination();
    const { changes } = await next(world, { policy: without });
    expect(changes).toMatchObject([{ name: 'c1', reason: 'new' }]);
    expect(world.takePostedByDestination()).toEqual({ default: [expect.stringContaining('c1')] });
    world.shown = (at) => [healthy(at, 'c1', { connector_id: 'c1' })];
    expect((await next(world, { policy: without })).changes).toMatchObject([{ reason: 'resolved' }]);
  });

  it('leave a destination without a route until it heard the end of what it was sent', async () => {
    const world = aWorld('team');
    const unused = aPolicy({ destinations: { team: { kind: 'slack', webhook: 'team' } } });
    world.shown = [failing('c1', { connector_id: 'c1' })];
    await completedCheck(world, { policy: toTeam });
    await next(world, { policy: unused });
    world.takePostedByDestination();
    world.shown = (at) => [healthy(at, 'c1', { connector_id: 'c1' })];
    await next(world, { policy: unused });
    expect(Object.keys(world.takePostedByDestination())).toEqual(['default', 'team']);
    await next(world, { policy: unused });
    expect(Object.keys(world.stored.state.routes)).toEqual(['default']);
  });
});

describe('a mention', () => {
  const policy = aPolicy({
    destinations: { team: { kind: 'slack', webhook: 'team' } },
    routes: [
      { match: { name: 'fees' }, to: 'team', mention: { critical: '<@U0000001>' } },
      {
        match: { connector: 'shop' },
        to: 'team',
        mention: { critical: '<!subteam^S0000001>', warning: '<@U0000002>' },
      },
    ],
    defaultRoute: { to: 'default', mention: { critical: '<!here>' } },
  });
  const mentionsIn = (world: World) =>
    (world.others['team']?.posted.splice(0) ?? []).map(
      ({ blocks }) => JSON.stringify(blocks).match(/<[!@][^d][^>]*>/g) ?? [],
    );

  it.each([
    ['of the first route, for the worst', [critical('orders'), critical('fees')], ['<@U0000001>']],
    ['of the only critical one', [critical('orders'), failing('fees')], ['<!subteam^S0000001>']],
    ['for a warning', [failing('orders')], ['<@U0000002>']],
    ['of none for a severity without one', [failing('fees')], []],
  ])('is that %s', async (_, shown, mentions) => {
    const world = aWorld('team');
    world.shown = shown;
    await completedCheck(world, { policy });
    expect(mentionsIn(world)).toEqual([mentions]);
  });

  it('stands in no recovery and in no reminder', async () => {
    const world = aWorld('team');
    world.shown = [failing('orders')];
    await completedCheck(world, { policy });
    expect(mentionsIn(world)).toEqual([['<@U0000002>']]);
    world.now += 4 * HOUR;
    await completedCheck(world, { policy });
    expect(mentionsIn(world)).toEqual([['<!subteam^S0000001>']]);
    world.now += 25 * HOUR;
    await completedCheck(world, { policy });
    expect(mentionsIn(world)).toEqual([[]]);
    world.shown = (at) => [healthy(at, 'orders')];
    await next(world, { policy });
    expect(mentionsIn(world)).toEqual([[]]);
  });
});
