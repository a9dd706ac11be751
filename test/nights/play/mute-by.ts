import * as v from 'valibot';
import {
  acknowledge,
  endSilence,
  type SilencePorts,
  type SilenceResult,
  silence,
} from '../../../lambda/commands/silences.ts';
import { destinationsOf } from '../../../lambda/core/notify/destinations.ts';
import { alertMatcher } from '../../../lambda/core/parse/parse-matcher.ts';
import { parsePolicy } from '../../../lambda/core/parse/parse-policy.ts';
import type { WatchState } from '../../../lambda/core/state.ts';
import type { NightEvent } from '../notation/night.ts';

/** Runs the command of a person who silences or acknowledges; does nothing for any other event. */
export async function muteBy(event: NightEvent, ports: Omit<SilencePorts, 'random'>): Promise<void> {
  const { silences, state } = await ports.state.load();
  // Another token each time, and the same ones whenever the night is played.
  const withRandom = { ...ports, random: () => ((silences?.known.length ?? 0) * 0.618 + 0.1) % 1 };
  switch (event.kind) {
    case 'silence': {
      const what =
        event.match === undefined
          ? { token: lastToken(state) }
          : { match: v.parse(alertMatcher, event.match) };
      const ends = { afterSeconds: event.seconds };
      return done(await silence(withRandom, SETTINGS, { what, ends, reason: 'planned', author: 'ana' }));
    }
    case 'acknowledge':
      for (const id of event.subject.kind === 'syncs' ? event.subject.names : [])
        done(await acknowledge(withRandom, { id, author: 'ana' }));
      return;
    case 'end_silences':
      for (const { id } of silences?.known ?? []) done(await endSilence(withRandom, id));
      return;
    default:
  }
}

const parsed = parsePolicy({});
if (!parsed.ok) throw new Error(parsed.faults.join());
const SETTINGS = {
  policy: parsed.policy,
  origin: { environment: 'prod', organisation: 'acme', moreHint: '' },
  remainingSeconds: 60,
};

function done(result: SilenceResult): void {
  if (result.kind === 'usage_error') throw new Error(`the night cannot silence that: ${result.error}`);
}

/** The token of the digest that was sent last. */
function lastToken({ routes }: WatchState): string {
  const entries = destinationsOf(routes).flatMap(({ notificationLog }) => Object.values(notificationLog));
  const [last] = entries.toSorted(
    (one, other) => (other.lastNotified?.at ?? 0) - (one.lastNotified?.at ?? 0),
  );
  return last?.digests?.at(-1) ?? '';
}
