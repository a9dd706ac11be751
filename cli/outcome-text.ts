import type { Outcome } from '../lambda/commands/outcome.ts';
import type { Digest } from '../lambda/core/digest/digest.ts';
import type { Policy, SnsSettings } from '../lambda/core/policy.ts';
import { renderPlainText, type Style } from '../lambda/core/render/plain-text.ts';
import { snsMessage } from '../lambda/core/render/sns-messages.ts';
import { decisionsText } from './decisions-text.ts';
import { checkSummary } from './summary-line.ts';

/** How to print an outcome. */
interface OutcomeStyle {
  readonly style: Style;
  /** Where the messages of the check go. */
  readonly destination: 'slack' | 'terminal';
  /** Those of the policy: a topic of SNS gets a digest in another form. */
  readonly destinations: Policy['destinations'];
  /** Print the decision about each alert too. */
  readonly verbose: boolean;
}

/** The outcome of a check as text for a person: the digests, if there are any, a summary in one line, and the decisions. */
export function outcomeText(outcome: Outcome, options: OutcomeStyle): string {
  const { style, destination, verbose } = options;
  if (outcome.kind !== 'checked') return `The check stopped: ${outcome.reason}.`;
  const { digests, decisions } = outcome;
  const parts = [
    ...digests.map((digest) => digestText(digest, options)),
    ...(outcome.takenOver === undefined ? [] : [style.faint(`${outcome.takenOver}.`)]),
    ...(outcome.stateReduced === undefined ? [] : [style.faint(`${outcome.stateReduced}.`)]),
    style.faint(checkSummary(outcome, digests.length === 0 ? 'nothing' : destination)),
    ...(verbose ? [decisionsText(decisions)] : []),
  ];
  return parts.join('\n\n');
}

function digestText(digest: Digest, { style, destinations }: OutcomeStyle): string {
  const settings = destinations[digest.destination ?? ''];
  return settings?.kind === 'sns' ? topicText(digest, style, settings) : renderPlainText(digest, style);
}

/** What a topic would get: the subject and the attributes, then the message. */
function topicText(digest: Digest, style: Style, { topicArn, format }: SnsSettings): string {
  const { destination: name = '', ...rest } = digest;
  const { subject, severity, text } = snsMessage(digest, format);
  const head = [
    style.faint(`To ${name}, the topic ${topicArn}:`),
    '',
    `Subject: ${subject}`,
    `Attributes: severity=${severity}, environment=${digest.environment}`,
  ];
  return [head.join('\n'), format === 'text' ? renderPlainText(rest, style) : text].join('\n\n');
}
