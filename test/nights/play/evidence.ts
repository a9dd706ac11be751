import {
  parseConnectors,
  parseKnowledgeBases,
  parseRuns,
} from '../../../lambda/core/parse/parse-evidence.ts';
import type { EvidenceAnswer, EvidenceRequest } from '../../../lambda/timbal/evidence-source.ts';
import type { Answers } from '../world/answers.ts';

/** The neighbouring routes of a night. */
export const NIGHT_ROUTES = ['jobs', 'connectors', 'k2'] as const;
export type NightRoute = (typeof NIGHT_ROUTES)[number];

/** What the routes of a night answer, as the adapter of the API gives it. */
export function answered(
  answers: Answers,
  { at, syncs }: EvidenceRequest,
  missing: readonly NightRoute[],
): EvidenceAnswer {
  const context = { redact: (text: string) => text, now: at };
  const jsonOf = (route: NightRoute) => (missing.includes(route) ? undefined : answers[route]);
  const runs = parseRuns(jsonOf('jobs'), new Set(syncs.map(({ id }) => id)), context);
  const connectors = parseConnectors(jsonOf('connectors'), context);
  const knowledgeBases = parseKnowledgeBases(jsonOf('k2'), context);
  return {
    evidence: {
      ...(runs && { runs }),
      ...(connectors && { connectors }),
      ...(knowledgeBases && { knowledgeBases }),
    },
    calls: NIGHT_ROUTES.length,
    missing: missing.map((route) => ({ route, reason: '404 Not Found' })),
  };
}
