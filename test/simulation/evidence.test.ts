import type { Digest } from '../../lambda/core/digest/digest.ts';
import type { DigestEvaluation } from '../../lambda/core/digest/digest-evaluation.ts';
import { recordAccepted } from '../../lambda/core/notify/notification-log.ts';
import { type Message, slackMessages } from '../../lambda/core/render/slack-messages.ts';
import type { Destination } from '../../lambda/core/state.ts';
import { checkWithParts, REAL_PARTS } from './check-with-parts.ts';
import { Random } from './random.ts';
import { randomEvidence } from './random-evidence.ts';
import { runWorld } from './run-world.ts';

/** What a check is about to send to one destination, and how it writes its digest. */
interface Sent {
  readonly destination: Destination;
  readonly messages: readonly Message[];
  readonly write: (evaluation: DigestEvaluation) => Digest;
}

/** What is sent to whom: each alert with its reason, its cause, and whether it has a line. */
function coveredBy(messages: readonly Message[]): readonly string[] {
  return messages.flatMap(({ covers }) => covers.map((one) => JSON.stringify(one))).toSorted();
}

/** Runs a world with neighbouring routes that answer anything, and compares each check with one that asks nothing. */
async function compare(seed: number) {
  const figures = { compared: 0, explained: 0, differences: [] as string[] };
  const evidence = randomEvidence(new Random(seed));
  const check = checkWithParts(() => ({
    ports: (ports) => ({ ...ports, evidence }),
    deliver: (delivery, run) => {
      const acceptance = { facts: delivery.state.facts, now: run.now };
      for (const { destination, messages, write } of delivery.outgoing as unknown as readonly Sent[]) {
        if (messages.length === 0) continue;
        const plain = slackMessages(write(delivery.evaluation));
        const saved = [messages, plain].map((some) =>
          JSON.stringify(
            some.reduce((one, message) => recordAccepted(one, message, acceptance), destination),
          ),
        );
        const covered = [messages, plain].map(coveredBy).map((all) => all.join('\n'));
        figures.compared += 1;
        if (JSON.stringify(messages) !== JSON.stringify(plain)) figures.explained += 1;
        if (saved[0] !== saved[1]) figures.differences.push(`saved: ${saved.join('\n')}`);
        if (covered[0] !== covered[1]) figures.differences.push(`covered: ${covered.join('\n')}`);
      }
      return REAL_PARTS.deliver(delivery, run);
    },
  }));
  const { violations } = await runWorld({ seed, hours: 8, check });
  return { ...figures, violations };
}

describe('whatever the neighbouring routes answer', () => {
  it.each([31, 32, 34])(
    'the same is sent to the same, the same state is saved, and the oracle, which knows no evidence, agrees: seed %d',
    async (seed) => {
      const { compared, explained, differences, violations } = await compare(seed);
      expect(violations).toEqual([]);
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(20);
      expect(explained).toBeGreaterThan(compared / 4);
    },
    120_000,
  );
});
