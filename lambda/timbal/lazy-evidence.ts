import type { EvidenceOptions, EvidenceSource } from './evidence-source.ts';

/** The port to the neighbouring routes, whose code is loaded when it is first asked: a quiet check does without it. */
export function lazyEvidence(options: EvidenceOptions): EvidenceSource {
  let source: Promise<EvidenceSource> | undefined;
  return {
    ask: async (request, deadline) => {
      source ??= import('./evidence.ts').then(({ TimbalEvidence }) => new TimbalEvidence(options));
      return (await source).ask(request, deadline);
    },
  };
}
