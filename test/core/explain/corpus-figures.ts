import { errorSignature } from '../../../lambda/core/explain/error-signature.ts';
import { errorText } from '../../../lambda/core/explain/error-text.ts';
import { ERROR_CORPUS } from './error-corpus.ts';

/** How the corpus of error texts is redacted and folded. */
export interface CorpusFigures {
  readonly texts: number;
  readonly kinds: number;
  /** How many fold with another one of their kind. */
  readonly folded: number;
  /** Kinds that have a signature in common, each pair once. */
  readonly confused: readonly string[];
  /** The secrets that are shown. */
  readonly leaked: readonly string[];
  /** The texts that fold with none of their kind, with their signatures. */
  readonly alone: readonly string[];
}

export function corpusFigures(): CorpusFigures {
  const rows = ERROR_CORPUS.flatMap(({ kind, texts }) =>
    texts.map(({ text, secrets = [] }) => {
      const shown = errorText(text) ?? '';
      return {
        kind,
        shown,
        signature: errorSignature(shown),
        leaked: secrets.filter((secret) => shown.includes(secret)),
      };
    }),
  );
  const isAlike = (one: (typeof rows)[number]) =>
    rows.some((other) => other !== one && other.kind === one.kind && other.signature === one.signature);
  const confused = new Set(
    rows.flatMap((one) =>
      rows
        .filter((other) => other.kind < one.kind && other.signature === one.signature)
        .map((other) => `${other.kind} / ${one.kind}: ${one.signature}`),
    ),
  );
  return {
    texts: rows.length,
    kinds: ERROR_CORPUS.length,
    folded: rows.filter(isAlike).length,
    confused: [...confused],
    leaked: rows.flatMap(({ kind, leaked }) => leaked.map((secret) => `${kind}: ${secret}`)),
    alone: rows.filter((one) => !isAlike(one)).map(({ kind, signature }) => `${kind}: ${signature}`),
  };
}
