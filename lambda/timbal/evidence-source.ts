import type { Evidence } from '../core/evidence.ts';
import type { Instant } from '../core/time.ts';
import type { Deadline } from '../http/deadline.ts';
import type { ListingScope } from './listing-request.ts';
import type { ApiKeySource } from './listing-source.ts';
import type { Redact } from './redacted-record.ts';

/** What a message or a report wants to know. */
export interface EvidenceRequest {
  /** The moment of the evaluation, by the clock of the API. */
  readonly at: Instant;
  /** The syncs whose runs are wanted, the most important first; empty: only names and agents are. */
  readonly syncs: readonly { readonly id: string; readonly connectorId: string | null }[];
}

export interface EvidenceAnswer {
  readonly evidence: Evidence;
  /** How many requests were made. */
  readonly calls: number;
  /** The routes whose evidence is missing, and why. */
  readonly missing: readonly MissingEvidence[];
}

export interface MissingEvidence {
  /** "GET /orgs/{org_id}/connectors/jobs". */
  readonly route: string;
  /** "404 Not Found", without any text of the API. */
  readonly reason: string;
}

/** The port to the neighbouring routes of the API, which may all be missing (docs/evidence.md). */
export interface EvidenceSource {
  /** Asks once, without a retry. Never rejects; no request outlives the deadline. */
  ask(request: EvidenceRequest, deadline: Deadline): Promise<EvidenceAnswer>;
}

export interface EvidenceOptions extends ListingScope {
  readonly apiKey: Pick<ApiKeySource, 'read'>;
  /**
   * Redacts each text that comes from the API.
   * @default the text itself
   */
  readonly redact?: Redact;
  /** @default 5 s */
  readonly timeoutMs?: number;
}
