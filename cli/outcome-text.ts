import type { Outcome } from '../lambda/commands/outcome.ts';
import { renderPlainText, type Style } from '../lambda/core/render/plain-text.ts';
import { decisionsText } from './decisions-text.ts';
import { checkSummary } from './summary-line.ts';

/** How to print an outcome. */
interface OutcomeStyle {
  readonly style: Style;
  /** Where the messages of the check go. */
  readonly destination: 'slack' | 'terminal';
  /** Print the decision about each alert too. */
  readonly verbose: boolean;
}

/** The outcome of a check as text for a person: the digests, if there are any, a summary in one line, and the decisions. */
export function outcomeText(outcome: Outcome, { style, destination, verbose }: OutcomeStyle): string {
  if (outcome.kind !== 'checked') return `The check stopped: ${outcome.reason}.`;
  const { digests, decisions } = outcome;
  const parts = [
    ...digests.map((digest) => renderPlainText(digest, style)),
    ...(outcome.takenOver === undefined ? [] : [style.faint(`${outcome.takenOver}.`)]),
    ...(outcome.stateReduced === undefined ? [] : [style.faint(`${outcome.stateReduced}.`)]),
    style.faint(checkSummary(outcome, digests.length === 0 ? 'nothing' : destination)),
    ...(verbose ? [decisionsText(decisions)] : []),
  ];
  return parts.join('\n\n');
}
