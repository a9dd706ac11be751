import { check } from '../../lambda/commands/check.ts';
import { type Checked, type Outcome, outcomeOf } from '../../lambda/commands/outcome.ts';
import type { CheckSettings } from '../../lambda/commands/ports.ts';
import { aFailingRecord, aRecord, MINUTE, START, settings, World } from './a-world.ts';

/** One sync, healthy at any time. */
export const healthy = (at: number) => [aRecord(at)];
/** The same sync, failing since before `START`: its last success stays where it is. */
export const failing = () => [aFailingRecord(START)];
/** 60 failing syncs that share no cause. Each has a line of its own, so they take more than one message. */
/** Sixty failing syncs, and as many healthy ones, which share nothing: no cause explains them. */
export const sixtyFailing = (at: number) =>
  Array.from({ length: 120 }, (_, index) => {
    const own = `s${index}`;
    const labels = { id: own, name: own, connector_id: own, connection_ref: own, kb_uid: own };
    return index < 60 ? aFailingRecord(at, labels) : aRecord(at, labels);
  });
export const LISTING_FAILURE = {
  kind: 'failed',
  request: 'GET /orgs/acme/connectors/syncs',
  received: '503 after 4 attempts',
} as const;

/** Runs a check. Returns its outcome, also when it failed. */
export async function outcomeOfCheck(world: World, overrides: Partial<CheckSettings> = {}): Promise<Outcome> {
  try {
    return await check(world.ports, settings(overrides));
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome === undefined) throw error;
    return outcome;
  }
}

/** The same, for a check that must go to its end. */
export async function completedCheck(world: World, overrides: Partial<CheckSettings> = {}): Promise<Checked> {
  const outcome = await outcomeOfCheck(world, overrides);
  if (outcome.kind !== 'checked') throw new Error(`the check stopped: ${outcome.reason}`);
  return outcome;
}

/** A world whose check sent one failing sync five minutes ago. */
export async function worldAfterOneAlert(): Promise<World> {
  const world = new World();
  world.shown = failing;
  await completedCheck(world);
  world.takePostedTexts();
  world.writes.splice(0);
  world.now += 5 * MINUTE;
  return world;
}
