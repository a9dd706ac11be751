import { check } from '../../lambda/commands/check.ts';
import { aFailingRecord, aRecord, HOUR, MINUTE, START, settings, World } from '../commands/a-world.ts';
import { aPolicy } from '../core/a-sync.ts';
import { answers, closeLocalServers } from '../http/local-server.ts';
import { ACCEPTS, aPagerDuty, type FakePagerDuty } from './a-pagerduty.ts';

afterEach(closeLocalServers);

const policy = aPolicy({
  destinations: { pager: { kind: 'pagerduty', key: 'on-call' } },
  routes: [{ match: { severity: 'critical' }, to: 'pager', continue: true }],
});

const own = (id: string) => ({ id, name: id, connection_ref: id, kb_uid: id, connector_id: id });
const critical = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
  aFailingRecord(START, {
    ...own(id),
    last_success_at: new Date(START - 4 * HOUR).toISOString(),
    seconds_since_success: 4 * 3600,
    ...more,
  });
const healthy = (at: number, id: string, more: Readonly<Record<string, unknown>> = {}) =>
  aRecord(at, { ...own(id), ...more });
/** As many healthy syncs that share nothing: no cause explains the others. */
const others = (at: number, count: number) =>
  Array.from({ length: count }, (_, index) => healthy(at, `h${index}`));

/** A world with a PagerDuty, and the next check of it, 5 minutes after the last. */
async function aWorld(pagerDuty: FakePagerDuty) {
  const world = new World();
  const next = async () => {
    const ports = { ...world.ports, destinations: { pager: pagerDuty.destination() } };
    const outcome = await check(ports, settings({ policy }));
    world.now += 5 * MINUTE;
    return outcome;
  };
  return { world, next };
}

describe('an incident', () => {
  it('is opened for a critical alert, once, and resolved by its recovery', async () => {
    const pagerDuty = await aPagerDuty();
    const { world, next } = await aWorld(pagerDuty);
    world.shown = (at) => [critical('orders'), aFailingRecord(START, own('fees')), ...others(at, 5)];
    await next();
    expect(pagerDuty.takeEvents()).toEqual(['trigger sync:orders']);
    await next();
    expect(pagerDuty.takeEvents()).toEqual([]);
    world.shown = (at) => [healthy(at, 'orders'), healthy(at, 'fees'), ...others(at, 5)];
    await next();
    expect(pagerDuty.takeEvents()).toEqual(['resolve sync:orders']);
    expect(await next()).toMatchObject({ saved: false });
  });

  it('is resolved although it is uncertain that it was opened, when its alert is over before it is sent again', async () => {
    const pagerDuty = await aPagerDuty(answers(200, '<html>'), ACCEPTS);
    const { world, next } = await aWorld(pagerDuty);
    world.shown = (at) => [critical('orders'), ...others(at, 5)];
    await next().catch(() => undefined);
    expect(pagerDuty.takeEvents()).toEqual(['trigger sync:orders']);
    world.shown = (at) => [healthy(at, 'orders'), ...others(at, 5)];
    for (let checks = 0; checks < 3; checks += 1) await next().catch(() => undefined);
    expect(pagerDuty.takeEvents()).toEqual(['resolve sync:orders']);
    expect(pagerDuty.open).toEqual([]);
  });

  it('is one for a cause, and resolved with the last of its alerts', async () => {
    const pagerDuty = await aPagerDuty();
    const { world, next } = await aWorld(pagerDuty);
    const shared = { connection_ref: 'pg', connector_id: 'box' };
    const ids = ['a', 'b', 'c', 'd', 'e'];
    world.shown = (at) => [...ids.map((id) => critical(id, shared)), ...others(at, 20)];
    await next();
    expect(pagerDuty.takeEvents()).toEqual(['trigger connection:3:box:pg']);
    world.shown = (at) => [
      ...ids.map((id) => (id === 'a' ? critical(id, shared) : healthy(at, id, shared))),
      ...others(at, 20),
    ];
    for (let checks = 0; checks < 5; checks += 1) await next();
    expect(pagerDuty.takeEvents()).toEqual([]);
    world.shown = (at) => [...ids.map((id) => healthy(at, id, shared)), ...others(at, 20)];
    for (let checks = 0; checks < 3; checks += 1) await next();
    expect(pagerDuty.takeEvents()).toEqual(['resolve connection:3:box:pg']);
  });

  it('of a single alert is resolved once a cause with its own incident explains it', async () => {
    const pagerDuty = await aPagerDuty();
    const { world, next } = await aWorld(pagerDuty);
    const shared = { connection_ref: 'pg', connector_id: 'box' };
    const ids = ['a', 'b', 'c', 'd', 'e'];
    world.shown = (at) => [
      critical('a', shared),
      ...ids.slice(1).map((id) => healthy(at, id, shared)),
      ...others(at, 20),
    ];
    await next();
    expect(pagerDuty.takeEvents()).toEqual(['trigger sync:a']);
    world.shown = (at) => [...ids.map((id) => critical(id, shared)), ...others(at, 20)];
    await next();
    expect(pagerDuty.takeEvents()).toEqual(['trigger connection:3:box:pg', 'resolve sync:a']);
    expect(pagerDuty.open).toEqual(['connection:3:box:pg']);
  });

  it('is not reminded of, and pauses and unlisted syncs only resolve it', async () => {
    const pagerDuty = await aPagerDuty();
    const { world, next } = await aWorld(pagerDuty);
    world.shown = (at) => [critical('orders'), critical('fees'), ...others(at, 30)];
    await next();
    pagerDuty.takeEvents();
    world.now += 25 * HOUR;
    await next();
    expect(pagerDuty.takeEvents()).toEqual([]);
    world.shown = (at) => [critical('orders', { enabled: false, disabled_reason: null }), ...others(at, 30)];
    for (let checks = 0; checks < 3; checks += 1) await next();
    expect(pagerDuty.takeEvents().toSorted()).toEqual(['resolve sync:fees', 'resolve sync:orders']);
    for (let checks = 0; checks < 20; checks += 1) await next();
    expect(pagerDuty.takeEvents()).toEqual([]);
    expect(pagerDuty.open).toEqual([]);
  });

  it('is opened for 25 single alerts at once, and one more for all others', async () => {
    const pagerDuty = await aPagerDuty();
    const { world, next } = await aWorld(pagerDuty);
    const sixty = Array.from({ length: 60 }, (_, index) => `s${String(index).padStart(2, '0')}`);
    world.shown = (at) => [...sixty.map((id) => critical(id)), ...others(at, 60)];
    await next();
    expect(pagerDuty.open).toHaveLength(26);
    expect(pagerDuty.open.at(-1)).toBe('rest:sync:s25');
    expect(pagerDuty.events.at(-1)?.payload?.summary).toMatch(/ and 34 more alerts$/);
    world.shown = (at) => [...sixty.map((id) => healthy(at, id)), ...others(at, 60)];
    for (let checks = 0; checks < 3; checks += 1) await next();
    expect(pagerDuty.open).toEqual([]);
  });

  it('that could not be resolved is resolved by a later check', async () => {
    const pagerDuty = await aPagerDuty(
      ACCEPTS,
      ...Array.from({ length: 4 }, () => answers(500, '')),
      ACCEPTS,
    );
    const { world, next } = await aWorld(pagerDuty);
    world.shown = (at) => [critical('orders'), ...others(at, 5)];
    await next();
    world.shown = (at) => [healthy(at, 'orders'), ...others(at, 5)];
    await next().catch(() => undefined);
    world.now += 5 * MINUTE;
    await next().catch(() => undefined);
    await next();
    expect(pagerDuty.takeEvents().at(-1)).toBe('resolve sync:orders');
    expect(pagerDuty.open).toEqual([]);
  });
});
