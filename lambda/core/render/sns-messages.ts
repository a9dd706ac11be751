/*
 * Turns a digest into a message of Amazon SNS: takes neutral lines, gives a subject and a text within its limits.
 * lambda/destinations/sns-destination.ts publishes it.
 */
import type { Digest, Item } from '../digest/digest.ts';
import type { MessageContent } from '../notify/notification.ts';
import type { SnsSettings } from '../policy.ts';
import { PLAIN, renderPlainText, type Style } from './plain-text.ts';

/** One message to a topic, and what it covers. */
export interface SnsMessage extends MessageContent {
  /** ASCII, at most 100 characters (SNS, `Publish`). */
  readonly subject: string;
  /** Plain text, or the JSON of Amazon Q. At most 180 KB; SNS takes 256 KB. */
  readonly text: string;
  readonly severity: 'critical' | 'warning' | 'info';
}

const MAX_SUBJECT_LENGTH = 100;
/** In UTF-16 units, of which each takes 3 bytes at most. */
const MAX_TEXT_LENGTH = 60_000;
const MAX_Q_TITLE_LENGTH = 250;
const MAX_Q_DESCRIPTION_LENGTH = 4000;

/** The digest as one message, however long it is, without the name of the destination: its readers know where they are. */
export function snsMessage(
  { destination: _topic, ...digest }: Digest,
  format: SnsSettings['format'],
): SnsMessage {
  const items = digest.sections.flatMap((section) => section.items);
  const covers = items.flatMap((item) => item.covers);
  const severity = severityOf(items);
  const loud = severity === 'critical' ? 'CRITICAL: ' : '';
  const title = `${digest.environment}: ${loud}${digest.headline}`;
  return {
    subject: subjectOf(title),
    text:
      format === 'amazon-q' ? amazonQ(digest, title) : cutAtLine(renderPlainText(digest), MAX_TEXT_LENGTH),
    severity,
    covers,
    endsReminder: digest.satisfiesReminder === true || covers.some(({ reason }) => reason === 'reminder'),
  };
}

function severityOf(items: readonly Item[]): SnsMessage['severity'] {
  if (items.some(({ level }) => level === 'critical')) return 'critical';
  return items.some(({ level }) => level === 'warning') ? 'warning' : 'info';
}

/** Without line breaks and what is not ASCII. A name and a headline are our own words, so nothing of them is lost. */
function subjectOf(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return ascii.length <= MAX_SUBJECT_LENGTH ? ascii : `${ascii.slice(0, MAX_SUBJECT_LENGTH - 3)}...`;
}

/** Names from outside stand in code, so that they mention nobody and format nothing. */
const MARKDOWN: Style = {
  ...PLAIN,
  strong: (text) => `**${text}**`,
  name: (text) => `\`${text.replaceAll('`', "'")}\``,
};

/** A custom notification of Amazon Q Developer in chat applications, which posts it to Teams, Chime or Slack. */
function amazonQ(digest: Digest, title: string): string {
  const description = cutAtLine(renderPlainText(digest, MARKDOWN), MAX_Q_DESCRIPTION_LENGTH);
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title: title.slice(0, MAX_Q_TITLE_LENGTH), description },
    metadata: { summary: title.slice(0, MAX_Q_TITLE_LENGTH) },
  });
}

/** The first lines of the text, as many whole ones as fit, and "…" in place of the rest. */
function cutAtLine(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, Math.max(0, text.lastIndexOf('\n', maxLength - 2)))}\n…`;
}
