import type { Night } from '../notation/night.ts';
import { clockText, minutesText } from '../notation/time-words.ts';
import { messageCount, type PlayedNight, type SentDigest } from './played-night.ts';

const LINE_WIDTH = 100;

/**
 * A played night as text: the story, then in order of time what happened (indented) and each message, headed by its time
 * and its push text.
 */
export function transcriptOf(night: Night, played: PlayedNight): string {
  const happened = night.events
    .filter(({ isFirst }) => isFirst)
    .map(({ at, text }) => ({ at, text: `   ${clockText(at)}  ${text}` }));
  const messages = played.sent.map((sent) => ({ at: sent.at, text: sentText(sent) }));
  const parts = [...happened, ...messages].toSorted((a, b) => a.at - b.at).map(({ text }) => text);
  return [...headOf(night), ...separated(parts), '', endOf(night, played), ''].join('\n');
}

function headOf({ title, story, wants }: Night): readonly string[] {
  const wishes = wants.map((wish) => wrapped(`- ${wish}`, '  '));
  return [
    title,
    '='.repeat(title.length),
    '',
    wrapped(story, ''),
    ...(wishes.length > 0 ? ['', 'Wanted:', ...wishes] : []),
    '',
  ];
}

/** What happened stands together; a blank line parts it from the messages, and these from one another. */
function separated(parts: readonly string[]): readonly string[] {
  return parts.flatMap((part, index) => {
    const before = parts[index - 1];
    const isTogether = before !== undefined && isEvent(before) && isEvent(part);
    return index === 0 || isTogether ? [part] : ['', part];
  });
}

function isEvent(part: string): boolean {
  return part.startsWith('   ');
}

function sentText({ at, posts, terminal }: SentDigest): string {
  // An event of PagerDuty is no message of Slack: it stands as it is.
  if (posts.every(({ message }) => message === undefined))
    return [
      `── ${clockText(at)} ── PagerDuty`,
      ...posts.map(({ text, answer }) => `${text}${answer === 'accepted' ? '' : ` (${answer})`}`),
    ].join('\n');
  const [first] = posts;
  const head = `── ${clockText(at)} ── ${first?.push ?? ''}`;
  if (posts.every(({ answer }) => answer === 'refused')) return `${head}\n(Slack refused it)`;
  const notes = [
    posts.length > 1 ? `in ${posts.length} Slack messages` : '',
    posts.some(({ answer }) => answer === 'unconfirmed') ? 'Slack did not confirm it' : '',
    leftOutOf(posts.map(({ text }) => text).join('\n')),
  ].filter((note) => note !== '');
  return [head, ...(notes.length > 0 ? [`(${notes.join('; ')})`] : []), '', terminal].join('\n');
}

/** The line of a Slack message that counts what found no room in it. */
function leftOutOf(text: string): string {
  return /^… and [\d,]+ more/mu.exec(text)?.[0] ?? '';
}

function endOf({ firstCheck, lastCheck }: Night, { sent, longestHoldMinutes }: PlayedNight): string {
  const count = sent.reduce((sum, one) => sum + messageCount(one), 0);
  const messages = `${count} ${count === 1 ? 'message' : 'messages'} in ${minutesText(lastCheck - firstCheck)}`;
  const hold =
    longestHoldMinutes === 0 ? 'nothing was held' : `longest hold ${minutesText(longestHoldMinutes)}`;
  return `── ${clockText(lastCheck)} ── end: ${messages}; ${hold}`;
}

function wrapped(text: string, indent: string): string {
  let column = 0;
  return text
    .split(' ')
    .map((word) => {
      const isBroken = column > 0 && column + word.length + 1 > LINE_WIDTH;
      const piece = column === 0 ? word : isBroken ? `\n${indent}${word}` : ` ${word}`;
      column = isBroken ? indent.length + word.length : column + piece.length;
      return piece;
    })
    .join('');
}
