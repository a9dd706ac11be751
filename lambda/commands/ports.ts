import type { Origin } from '../core/digest/digest.ts';
import type { Policy } from '../core/policy.ts';
import type { Instant } from '../core/time.ts';
import type { DestinationPort } from '../destinations/destination-port.ts';
import type { Heartbeat } from '../heartbeat/heartbeat.ts';
import type { Poster } from '../slack/webhook.ts';
import type { StateStore } from '../state/state-store.ts';
import type { EvidenceSource } from '../timbal/evidence-source.ts';
import type { ListingSource } from '../timbal/listing-source.ts';
import type { Deadlines } from './deadlines.ts';

/** Everything outside the process that a command reaches. Both hosts, Lambda and the command line, provide them. */
export interface Ports {
  readonly listing: ListingSource;
  /** What messages quote beyond the listing; absent where nothing beyond it is asked. */
  readonly evidence?: EvidenceSource;
  readonly state: StateStore;
  /** The destination `default`. */
  readonly slack: Poster;
  /** A monitor outside. @default nothing is sent */
  readonly heartbeat?: Heartbeat;
  /** By name, the other destinations of the policy. */
  readonly destinations?: Readonly<Record<string, DestinationPort>>;
  /** The clock. A command reads it once. */
  readonly now: () => Instant;
}

export interface CheckSettings {
  readonly policy: Policy;
  readonly origin: Origin;
  /** Identifies this check as the holder of its lease. */
  readonly checkId: string;
  /** Seconds from now until the host kills the check. */
  readonly remainingSeconds: number;
  /** On a dry run the check reports the changes that it would post, but posts and saves nothing. */
  readonly dryRun: boolean;
}

/** The settings that every command needs; only a check needs the rest. */
export type CommandSettings = Pick<CheckSettings, 'policy' | 'origin' | 'remainingSeconds'>;

/** Everything that the parts of a running check share. */
export interface RunContext {
  readonly ports: Ports;
  readonly settings: CheckSettings;
  readonly deadlines: Deadlines;
  readonly now: Instant;
}
