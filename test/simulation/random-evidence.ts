import type { Connector, Run } from '../../lambda/core/evidence.ts';
import type { EvidenceSource } from '../../lambda/timbal/evidence-source.ts';
import { ERROR_CORPUS } from '../core/explain/error-corpus.ts';
import type { Random } from './random.ts';

const HOUR = 3_600_000;
const HOSTILE = [
  '<!channel> *bold* _it_ `code` & <https://evil.example|click>',
  'x'.repeat(20_000),
  'line\nbreaks\r\nand \u001B[31mcolours\u001B[0m \u202E',
  '"}]} {{{ \\',
  '∎'.repeat(300),
];
const STATES = ['failed', 'completed', 'running', 'stopped', 'never seen before', ''];

/** Neighbouring routes whose answers have nothing to do with the world: wrong, late, missing, huge or hostile. */
export function randomEvidence(random: Random): EvidenceSource {
  const texts = [
    ...ERROR_CORPUS.flatMap(({ texts: some }) => some.map(({ text }) => text)),
    ...HOSTILE,
    // So that many syncs have the same one.
    ...Array.from({ length: 60 }, () => 'FATAL: password authentication failed for user "etl"'),
  ];
  return {
    ask: async ({ at, syncs }) => {
      const date = () => at - Math.round(random.between(-0.1, 30) * HOUR);
      const run = (): Run => {
        const [startedAt, finishedAt] = [date(), random.chance(0.2) ? null : date()];
        return {
          state: random.pick(STATES),
          message: random.chance(0.1) ? null : random.pick(texts),
          rows: random.chance(0.1) ? null : random.integer(0, 5000),
          startedAt,
          finishedAt,
          at: finishedAt ?? startedAt,
        };
      };
      const runs = new Map(
        syncs.map(({ id }) => {
          const own = Array.from({ length: random.integer(0, 12) }, run);
          return [id, own.toSorted((one, other) => other.at - one.at)] as const;
        }),
      );
      const ids = [...new Set(syncs.flatMap(({ connectorId }) => connectorId ?? []))];
      const connectors = new Map<string, Connector>(
        [...ids.filter(() => random.chance(0.8)), 'another'].map((id) => [
          id,
          {
            id,
            // The oracle knows things by their ids.
            name: null,
            hostname: null,
            lastSeenAt: random.chance(0.3) ? null : date(),
          },
        ]),
      );
      const evidence = {
        ...(random.chance(0.8) && { runs }),
        ...(random.chance(0.8) && { connectors }),
        ...(random.chance(0.8) && { knowledgeBases: new Map([['another', random.pick(HOSTILE)]]) }),
      };
      return { evidence, calls: 3, missing: [] };
    },
  };
}
