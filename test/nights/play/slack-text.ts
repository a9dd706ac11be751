import type { Block } from '../../../lambda/core/render/blocks.ts';

/** The text of blocks as a person reads it in Slack: without marks of formatting, a date as its fallback in UTC. */
export function slackText(blocks: readonly Block[]): string {
  return blocks.flatMap(linesOf).map(readable).join('\n');
}

/** The text of a notification as a lock screen shows it. */
export function readable(text: string): string {
  return text
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/[*`\u2060]/g, '')
    .replaceAll('\u00A0', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function linesOf(block: Block): readonly string[] {
  switch (block.type) {
    case 'header':
    case 'section':
      return [block.text.text];
    case 'context':
      return block.elements.map(({ text }) => text);
    case 'divider':
      return [];
  }
}
