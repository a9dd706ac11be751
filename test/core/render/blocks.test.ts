import type { Item } from '../../../lambda/core/digest/digest.ts';
import { words } from '../../../lambda/core/digest/rich-text.ts';
import { headerBlock, itemBlocks, minimalText, plainText } from '../../../lambda/core/render/blocks.ts';
import { slackMessages } from '../../../lambda/core/render/slack-messages.ts';
import { aDigest, aNotification, anEndedAlert, named, ORIGIN } from '../a-digest.ts';
import { alertsAtOnce, numbered, textsOf } from './many-alerts.ts';

describe('a message about one alert', () => {
  const [message] = slackMessages(alertsAtOnce(1));

  it('has the headline, the title, the detail in small print, and the context', () => {
    expect(message?.blocks.map(({ type }) => type)).toEqual([
      'header',
      'section',
      'context',
      'divider',
      'context',
    ]);
    expect(message && textsOf(message)).toEqual([
      '1 sync needs attention (critical)',
      '\u{1F534}  `sync-00000` *is failing*',
      'last success 20 m ago, runs every 15 m · last run 5 m ago · open for 1 h' +
        ' · `sync-00000` → `kb_sales / orders`',
      '1 sync checked · 1 open, first seen 1 h ago · `acme` (`prod`) · ' +
        '<!date^1795510800^{date_short_pretty} {time}|2026-11-24 09:00 UTC>',
    ]);
  });

  it('breaks no line before a separator, or between a number and its unit', () => {
    const texts = message?.blocks.flatMap((block) =>
      block.type === 'context' ? block.elements.map(({ text }) => text) : [],
    );
    expect(texts?.join('\n')).not.toMatch(/ ·|\d [smhd]\b/);
    expect(texts?.join('\n')).toContain('last success 20\u00A0m ago');
  });
});

describe('the text on a lock screen', () => {
  it('has the environment, the counts and the alert', () =>
    expect(slackMessages(alertsAtOnce(1))[0]?.text).toBe(
      'prod: 1 sync needs attention (critical) · sync-00000 is failing',
    ));

  it('begins with the environment, escaped', () => {
    const textIn = (environment: string) => {
      const options = { origin: { ...ORIGIN, environment } };
      return slackMessages(aDigest({ notifications: [named('new', 'orders')] }, options))[0]?.text;
    };
    expect(textIn('staging')).toBe('staging: 1 sync needs attention · orders is failing');
    expect(textIn('<!channel>')?.startsWith('&lt;!channel&gt;: 1 sync')).toBe(true);
  });

  it('names the worst three alerts', () => {
    const [{ text } = { text: '' }] = slackMessages(alertsAtOnce(20));
    const worst = [0, 10, 1].map((index) => `${numbered(index)} is failing`);
    expect(text).toBe(['prod: 20 syncs need attention (2 critical)', ...worst].join(' · '));
  });
});

it('several sections have their titles, and a divider between them', () => {
  const notifications = [named('new', 'orders'), aNotification('resolved', 'sync:carts', anEndedAlert())];
  const [message] = slackMessages(aDigest({ notifications }));
  expect(message?.blocks.map((block) => (block.type === 'section' ? block.text.text : block.type))).toEqual([
    'header',
    '*Needs attention*',
    expect.stringContaining('`orders` *is failing*'),
    'context',
    'divider',
    '*Resolved*',
    expect.stringContaining('`orders` *recovered*'),
    'context',
    'divider',
    'context',
  ]);
});

describe('a nested item', () => {
  const items: readonly Item[] = [
    { level: 'warning', title: [words('connection')], detail: [words('4 of 4')], covers: [] },
    { level: 'warning', title: [words('orders')], detail: [words('late')], covers: [], isNested: true },
    { level: 'note', title: [words('and 3 more')], detail: [], covers: [], isNested: true },
  ];
  const [message] = slackMessages({
    environment: 'prod',
    headline: 'x',
    sections: [{ title: 'x', items }],
    context: [words('x')],
    moreHint: '',
  });

  it('is small print, with its mark unless it only counts', () =>
    expect(message && textsOf(message).slice(1, -1)).toEqual([
      '\u{1F536}  connection',
      '4 of 4',
      '↳ \u{1F536} orders\nlate',
      '↳ and 3 more',
    ]));

  it('is an item of its own in the plain text', () =>
    expect(message && plainText(message)).toBe(
      'x\n\u{1F536}  connection\n4 of 4\n↳ \u{1F536} orders\nlate\n↳ and 3 more\nx',
    ));
});

describe('an item', () => {
  it.each([
    ['critical', '\u{1F534}  orders'],
    ['warning', '\u{1F536}  orders'],
    ['good', '\u{2705}  orders'],
    ['note', '•  orders'],
  ] as const)('begins with the mark of its level: %s', (level, text) => {
    const blocks = itemBlocks({ level, title: [words('orders')], detail: [], covers: [] });
    expect(textsOf({ blocks })).toEqual([text]);
  });
});

it.each([
  [149, 'a'.repeat(149)],
  [150, 'a'.repeat(150)],
  [151, `${'a'.repeat(149)}…`],
])('a header is cut to the 150 characters that Slack takes: %d', (length, text) => {
  expect(headerBlock('a'.repeat(length))).toEqual({ type: 'header', text: { type: 'plain_text', text } });
});

// A message counts as accepted with all that it covers, in whichever form Slack accepted it.
describe('a message that Slack refuses with blocks', () => {
  it('has a plain text that counts the items it leaves out', () => {
    const [message] = slackMessages(alertsAtOnce(23));
    const text = message === undefined ? '' : plainText(message);
    const shown = text.match(/is failing/g)?.length ?? 0;
    expect(shown).toBeLessThan(23);
    expect(text).toContain(`${23 - shown} more`);
    expect(text.split(`${23 - shown} more`)[1]).not.toContain('last success');
  });

  it('has a minimal text with the counts alone, and nothing from outside', () => {
    const [message] = slackMessages(alertsAtOnce(23));
    expect(message && minimalText(message)).toBe(
      '23 syncs need attention (3 critical)\n' +
        'Slack refused the details. The log of the check has them, and a report shows them.',
    );
  });
});
