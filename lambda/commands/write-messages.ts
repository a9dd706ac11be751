import type { Facts } from '../core/alert.ts';
import type { Evaluation } from '../core/diagnose/evaluation.ts';
import type { Digest } from '../core/digest/digest.ts';
import { type DigestEvaluation, withLinks } from '../core/digest/digest-evaluation.ts';
import type { Explanations } from '../core/explain/explain.ts';
import type { KeyedDestination } from '../core/notify/destinations.ts';
import { isEmptyPlan, type NotificationPlan } from '../core/notify/notification.ts';
import type { DestinationPort, OutgoingMessage } from '../destinations/destination-port.ts';
import { type AskedEvidence, explained } from './explained.ts';
import type { RunContext } from './ports.ts';

/** What a destination is sent, before it is written. */
interface Unwritten extends KeyedDestination {
  readonly port: DestinationPort;
  /** What it hears of. */
  readonly facts: Facts;
  readonly planned: { readonly plan: NotificationPlan };
  /** Writes the digest of the plan from an evaluation. */
  readonly write: (evaluation: DigestEvaluation) => Digest;
}

/** What it is sent. The digest is undefined when there is nothing to send. */
interface Written {
  readonly digest: Digest | undefined;
  readonly messages: readonly OutgoingMessage[];
}

/**
 * Writes the digest and the messages for each destination, with what the neighbouring routes say; they are asked once.
 *
 * Whatever they say, the messages cover the same alerts, and the state records the same of them: a digest whose
 * explanations would leave another alert without a line is written with shorter ones, or without.
 */
export async function writeMessages<T extends Unwritten>(
  outgoing: readonly T[],
  evaluation: Evaluation,
  run: RunContext,
): Promise<{ readonly outgoing: readonly (T & Written)[]; readonly asked: AskedEvidence | undefined }> {
  const shown = outgoing.flatMap(({ planned }) => alertsOf(planned.plan));
  const { explanations, asked } = await explained(shown, evaluation, run);
  const { policy, origin } = run.settings;
  const linked = withLinks(evaluation, policy.links, origin.organisation);
  const written = await Promise.all(
    outgoing.map(async (one) => ({ ...one, ...(await writtenFor(one, linked, explanations)) })),
  );
  return { outgoing: written, asked };
}

/** The alerts that the lines of a plan are about: that of a cause is about all that is open under it. */
function alertsOf({ notifications, reminder }: NotificationPlan): NotificationPlan['reminder'] {
  const alerts = [...notifications, ...reminder];
  const causes = new Set(alerts.flatMap(({ cause }) => cause ?? []));
  return [...alerts, ...[...causes].flatMap(({ stillOpen }) => stillOpen)];
}

async function writtenFor(
  one: Unwritten,
  evaluation: DigestEvaluation,
  explanations: Explanations | undefined,
): Promise<Written> {
  if (isEmptyPlan(one.planned.plan)) return { digest: undefined, messages: [] };
  const plain = await writtenFrom(one, evaluation);
  if (explanations === undefined) return plain;
  for (const how of [explanations, { ...explanations, isBrief: true } as const]) {
    const { digest, messages } = await writtenFrom(one, { ...evaluation, explanations: how });
    if (countListed(messages) >= countListed(plain.messages))
      return { digest, messages: messages.map(asListedIn(plain.messages)) };
  }
  return plain;
}

async function writtenFrom(
  { key, destination, facts, port, write }: Unwritten,
  evaluation: DigestEvaluation,
): Promise<Written> {
  const digest = write(evaluation);
  const context = { destination, facts, now: evaluation.at, id: key.id };
  return { digest, messages: await port.write(digest, context) };
}

function countListed(messages: readonly OutgoingMessage[]): number {
  return messages.reduce((sum, { covers }) => sum + covers.filter(({ listed }) => listed).length, 0);
}

/** A message that records of each alert what it would without explanations: whether it had a line of its own. */
function asListedIn(plain: readonly OutgoingMessage[]): (message: OutgoingMessage) => OutgoingMessage {
  const key = (one: OutgoingMessage['covers'][number]) => `${one.reason} ${one.fingerprint}`;
  const listed = new Map(plain.flatMap(({ covers }) => covers.map((one) => [key(one), one.listed] as const)));
  return (message) => ({
    ...message,
    covers: message.covers.map((one) => ({ ...one, listed: listed.get(key(one)) ?? one.listed })),
  });
}
