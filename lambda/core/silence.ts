import type { Alert } from './alert.ts';
import { type AlertMatcher, matchesAlert } from './matcher.ts';
import type { Severity } from './problem.ts';
import { DAY_SECONDS, type Instant } from './time.ts';

/**
 * Holds notifications about some alerts back from `startsAt` until `endsAt`, by the wish of a person. It changes no
 * fact: alerts open and end as ever.
 */
export type Silence = {
  /** A short token of ours: "k3f9". */
  readonly id: string;
  readonly startsAt: Instant;
  /** Not included. */
  readonly endsAt: Instant;
  readonly createdAt: Instant;
  /** Empty where none was given. */
  readonly reason: string;
  /** What the command line says of its user: a claim, no proof. */
  readonly author: string;
} & Selection;

/** The alerts that a silence holds back. */
export type Selection =
  | { readonly kind: 'matcher'; readonly match: AlertMatcher }
  /** The alerts of one digest, by fingerprint. */
  | { readonly kind: 'alerts'; readonly alerts: readonly string[] }
  /** An acknowledgement: open alerts that somebody works on, each until it ends. */
  | { readonly kind: 'acknowledgement'; readonly alerts: readonly AcknowledgedAlert[] };

export interface AcknowledgedAlert {
  readonly fingerprint: string;
  /** When its firing began: a later firing is not acknowledged. */
  readonly since: Instant;
  /** A warning that becomes critical is not acknowledged any more. */
  readonly severity: Severity;
}

/** A silence ends by itself; what lasts longer belongs into the policy, as an exclusion. */
export const MAX_SILENCE_SECONDS = 90 * DAY_SECONDS;
/** An acknowledgement that is forgotten must not hide an alert for ever. */
export const ACKNOWLEDGED_SECONDS = 30 * DAY_SECONDS;
/** How many silences there may be at a time. */
export const MAX_SILENCES = 1000;

export function isActive({ startsAt, endsAt }: Silence, now: Instant): boolean {
  return startsAt <= now && now < endsAt;
}

/** Whether a silence selects an alert, whatever the time is. */
export function selects(silence: Silence, fingerprint: string, alert: Alert): boolean {
  switch (silence.kind) {
    case 'matcher':
      return matchesAlert(silence.match, fingerprint, alert);
    case 'alerts':
      return silence.alerts.includes(fingerprint);
    case 'acknowledgement': {
      const acknowledged = silence.alerts.find((one) => one.fingerprint === fingerprint);
      return acknowledged !== undefined && isStill(acknowledged, alert);
    }
  }
}

/** The same firing, and no worse than it was. */
function isStill({ since, severity }: AcknowledgedAlert, alert: Alert): boolean {
  const isWorse = severity === 'warning' && alert.severity === 'critical';
  return alert.state === 'firing' && alert.since === since && !isWorse;
}

/** Letters and digits that nobody mistakes for each other, and that no shell reads as anything else. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const TOKEN_LENGTH = 4;

/** A token that is not taken: from a number between 0, included, and 1. */
export function tokenFrom(random: number, isTaken: (token: string) => boolean): string {
  const count = ALPHABET.length ** TOKEN_LENGTH;
  for (let at = Math.floor(random * count); ; at = (at + 1) % count) {
    const token = digits(at);
    if (!isTaken(token)) return token;
  }
}

function digits(number: number): string {
  let token = '';
  for (let rest = number; token.length < TOKEN_LENGTH; rest = Math.floor(rest / ALPHABET.length))
    token += ALPHABET[rest % ALPHABET.length];
  return token;
}
