import { check } from '../../lambda/commands/check.ts';
import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { report } from '../../lambda/commands/report.ts';
import type { Policy } from '../../lambda/core/policy.ts';
import { minimalText, plainText } from '../../lambda/core/render/blocks.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { decode, encode } from '../../lambda/state/document.ts';
import type { LoadedState } from '../../lambda/state/state-store.ts';
import { aRecord, HOUR, MINUTE, refusal, START, settings, UNCONFIRMED, World } from '../commands/a-world.ts';
import { faultsOf, markupFaults } from '../core/render/block-kit-validator.ts';
import { RECORDS } from './samples.ts';

/** The answers of Slack, in this order; after them it accepts every post. */
export type SlackAnswers = readonly ('accepted' | keyof typeof ANSWERS)[];

const ANSWERS = {
  refused: refusal(),
  'payload refused': refusal({ invalidPayload: true }),
  unconfirmed: UNCONFIRMED,
} as const;

interface RunOptions {
  readonly records?: readonly unknown[];
  readonly answers?: SlackAnswers;
  readonly policy?: Policy;
  readonly loaded?: LoadedState;
}

/**
 * Runs six checks and a report over these records, with other listings in between.
 *
 * @throws Error when a check ends neither with an outcome nor with `CheckFailed`, when Slack would refuse a message, or
 * when a saved state cannot be loaded as it was.
 */
export async function runChecks({
  records = RECORDS,
  answers = [],
  policy,
  loaded,
}: RunOptions): Promise<void> {
  const world = new World();
  for (const name of Object.keys(policy?.destinations ?? {})) world.aDestination(name);
  // The shortest time that a check accepts: its timers end soon.
  const given = settings({ remainingSeconds: 9, ...(policy && { policy }) });
  if (loaded !== undefined) world.stored = loaded;
  for (const answer of answers) if (answer !== 'accepted') world.postResults.push(ANSWERS[answer]);
  const before = world.stored;
  const listings: readonly (readonly [afterMinutes: number, records: readonly unknown[]])[] = [
    [0, records],
    [5, records],
    [5, RECORDS],
    [5, []],
    [60, records],
    [25 * 60, [aRecord(START + 26 * HOUR)]],
  ];
  for (const [afterMinutes, shown] of listings) {
    world.now += afterMinutes * MINUTE;
    world.shown = shown;
    try {
      const outcome = await check(world.ports, given);
      JSON.stringify(outcome);
    } catch (error) {
      if (!(error instanceof CheckFailed)) throw error;
    }
  }
  await report(world.ports, given, true).catch((error: unknown) => {
    if (!(error instanceof SyncAlertsError)) throw error;
  });
  verifyMessages(world);
  verifyWrites(world);
  if (world.stored === before && world.writes.length > 0) throw new Error('a write was lost');
}

function verifyMessages({ posted }: World): void {
  for (const message of posted) {
    const faults = [
      ...faultsOf(message),
      ...markupFaults(plainText(message)),
      ...markupFaults(minimalText(message)),
    ];
    if (faults.length > 0) throw new Error(faults.join('; '));
  }
}

function verifyWrites({ writes }: World): void {
  for (const state of writes) {
    const stored: unknown = JSON.parse(JSON.stringify(encode(state, 1)));
    const { state: loaded } = decode(stored, 'the written state');
    if (JSON.stringify(loaded) !== JSON.stringify(state))
      throw new Error('a saved state is loaded as another one');
  }
}
