import type { Expectation, Night, Rule } from '../notation/night.ts';
import { clockText, minutesText } from '../notation/time-words.ts';
import { messageCount, type PlayedNight, type SentDigest } from './played-night.ts';

/** The expectations of a night that do not hold: each with its line, and what came instead. */
export function disappointments(night: Night, played: PlayedNight): readonly string[] {
  return night.expectations.flatMap((expectation) => {
    const instead = disappointment(expectation, played);
    return instead === undefined
      ? []
      : [`line ${expectation.line}: expected ${expectation.text}; ${instead}`];
  });
}

function disappointment({ window, rule, destination }: Expectation, played: PlayedNight): string | undefined {
  const accepted = played.sent.filter(
    ({ at, to, posts }) =>
      at >= window.from && at <= window.to && (destination ?? to) === to && messageCount({ posts }) > 0,
  );
  switch (rule.kind) {
    case 'messages': {
      const count = accepted.reduce((sum, one) => sum + messageCount(one), 0);
      const isMet = count >= rule.least && count <= rule.most;
      return isMet ? undefined : `there were ${count}${timesOf(accepted)}`;
    }
    case 'reads': {
      const found = accepted.filter((one) => isRead(rule, one));
      if (rule.isForbidden) return found.length === 0 ? undefined : `it was there${timesOf(found)}`;
      return found.length > 0 ? undefined : `none of ${accepted.length} messages${timesOf(accepted)} has it`;
    }
    case 'critical': {
      const found = accepted.filter(({ isCritical }) => isCritical);
      if (rule.isForbidden) return found.length === 0 ? undefined : `there was${timesOf(found)}`;
      return found.length > 0 ? undefined : `none of ${accepted.length} messages${timesOf(accepted)} is`;
    }
    case 'order': {
      const found = accepted.filter((one) => isOutOfOrder(rule, textOf(one)));
      return found.length === 0 ? undefined : `it is the other way round${timesOf(found)}`;
    }
    case 'held':
      return played.longestHoldMinutes <= rule.mostMinutes
        ? undefined
        : `the longest hold was ${minutesText(played.longestHoldMinutes)}`;
  }
}

/** What is wanted must stand in Slack; what is not wanted must stand nowhere. */
function isRead(
  { pattern, where, isForbidden }: Extract<Rule, { kind: 'reads' }>,
  sent: SentDigest,
): boolean {
  const pushes = sent.posts.map(({ push }) => push).join('\n');
  if (where === 'push') return pattern.test(pushes);
  return pattern.test(isForbidden ? `${pushes}\n${textOf(sent)}\n${unwrapped(sent.terminal)}` : textOf(sent));
}

function textOf({ posts }: SentDigest): string {
  return posts.map(({ text }) => text).join('\n');
}

function unwrapped(terminal: string): string {
  return terminal.replace(/\n {5,}/g, ' ');
}

function isOutOfOrder({ first, second }: Extract<Rule, { kind: 'order' }>, text: string): boolean {
  const [one, other] = [text.search(first), text.search(second)];
  return one >= 0 && other >= 0 && one > other;
}

function timesOf(sent: readonly SentDigest[]): string {
  const shown = sent.slice(0, 8).map(({ at }) => clockText(at));
  const more = sent.length > shown.length ? ', …' : '';
  return shown.length === 0 ? '' : ` (${shown.join(', ')}${more})`;
}
