import fc from 'fast-check';
import { isBlank } from '../../../lambda/core/blank.ts';
import type { Digest } from '../../../lambda/core/digest/digest.ts';
import { displayName } from '../../../lambda/core/digest/names.ts';
import { parseSync } from '../../../lambda/core/parse/parse-sync.ts';
import { plainText } from '../../../lambda/core/render/blocks.ts';
import { codeSpan, dateToken, escaped, neutralized } from '../../../lambda/core/render/escape.ts';
import { type Message, slackMessages } from '../../../lambda/core/render/slack-messages.ts';
import { aRecord } from '../../commands/a-world.ts';
import {
  aDiagnosis,
  aDigest,
  aNotification,
  anAlert,
  anEndedAlert,
  LISTING_FAILURE,
  lineText,
  listed,
  NOW,
  ORIGIN,
  paused,
  UNAVAILABLE,
} from '../a-digest.ts';
import { anyText } from '../any-text.ts';
import { faultsOf, markupFaults } from './block-kit-validator.ts';

const HOSTILE: Readonly<Record<string, string>> = {
  'a mention of the channel': '<!channel>',
  'a mention of everyone': '<!everyone|all>',
  'a mention of a person': '<@U123ABC>',
  'a mention of a group': '<!subteam^S123|@ops>',
  'a link to a channel': '<#C123|general>',
  'a link': '<https://evil.example|click me>',
  'a bare link': 'https://evil.example/?a=1&b=2',
  'a date': '<!date^0^{date}|never>',
  'an escape': '&lt;!channel&gt;',
  'half an escape': '&am',
  'many ampersands': '&'.repeat(90),
  'many angle brackets': '<'.repeat(90),
  'a backtick': 'or`ders',
  'the end of a code span': '`<!channel>`',
  'three backticks': '```\n<!channel>\n```',
  'only backticks': '``````',
  newlines: 'orders\n<!channel>\r\n>quote\n\n* item',
  'a turned reading direction': 'orders\u202e>lennahc!<\u202c\u2066\u2069\u200f',
  'zero-width characters': '<\u200b!\u2060chan\ufeffnel>',
  'hidden signs': '@\u200bhere #\u2060general',
  'an emoji with joiners': '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}',
  '4-byte characters at the cut': `${'a'.repeat(78)}${'\u{1F680}'.repeat(9)}`,
  'joined emoji at the cut': `${'a'.repeat(77)}${'\u{1F468}\u200D\u{1F469}'.repeat(9)}`,
  'half of a surrogate pair': 'a\ud83d',
  'half of a surrogate pair at the rough cut': `${'a'.repeat(319)}\u{1F680}`,
  'escapes at the cut': `${'a'.repeat(78)}&&&<<<`,
  'what looks like a domain': 'orders.app',
  'what looks like an address': 'mailto:ops@orders.app',
  'a mention by name': '@here @channel @everyone @ana',
  'a channel by name': '#general',
  'an emoji by name': ':fire: :rotating_light:',
  'the mark of a level': '\u{1F534}  \u{1F7E2}',
  italics: '_x_',
  bold: '*x*',
  'struck out': '~x~',
  'a quote': '> x',
  'a list': '- x',
  'control characters': 'a\u0000b\u001b[31mc\u007f\u0085',
  nothing: '',
  blanks: '   ',
};

/** By field from outside, a digest in which that field holds `value`. */
const FIELDS: Readonly<Record<string, (value: string) => Digest>> = {
  name: (value) => withRecord({ name: value }),
  id: (value) => withRecord({ id: value === '' ? 'orders' : value }),
  connector: (value) => withRecord({ connector_id: value }),
  connection: (value) => withRecord({ connection_ref: value }),
  source: (value) => withRecord({ name: null, source_schema: value, source_table: value }),
  kb: (value) => withRecord({ kb_uid: value }),
  table: (value) => withRecord({ dest_table: value }),
  last_state: (value) => withRecord({ last_state: value }),
  disabled_reason: (value) => withRecord({ disabled_reason: value }),
  organisation: (value) => withRecord({}, { organisation: value }),
  environment: (value) => withRecord({}, { environment: value }),
  'the reason of an exclusion': (value) => {
    const alert = anEndedAlert({ how: 'excluded', reason: value });
    return aDigest({ notifications: [aNotification('resolved', 'sync:orders', alert)] });
  },
  'the response of the API': (value) => {
    const alert = anAlert({ problem: 'listing_failed', severity: 'critical', labels: null });
    const evaluation = { ...UNAVAILABLE, failure: { ...LISTING_FAILURE, received: value, request: value } };
    return aDigest({ notifications: [aNotification('new', 'listing', alert)] }, { evaluation });
  },
};

/** A digest with an open, an unlisted, a recovered and a paused sync, all of this record and this origin. */
function withRecord(record: Readonly<Record<string, unknown>>, origin: Partial<typeof ORIGIN> = {}): Digest {
  const shown = {
    id: 'orders',
    name: 'orders',
    enabled: false,
    disabled_reason: '10 failures',
    last_state: 'failed',
    consecutive_failures: 10,
    ...record,
  };
  const { id, labels } = parseSync(aRecord(NOW, shown));
  const fingerprint = `sync:${id ?? ''}`;
  const alert = anAlert({ problem: 'disabled', severity: 'critical', labels });
  const notifications = [
    aNotification('new', fingerprint, alert),
    aNotification('resolved_undelivered', fingerprint, anEndedAlert({ how: 'unlisted' }, { labels })),
    aNotification('resolved', fingerprint, anEndedAlert({ how: 'resolved', by: 'success' }, { labels })),
  ];
  const neutral = [{ ...paused(displayName(labels) ?? ''), fingerprint }];
  return aDigest(
    { notifications, neutral },
    { evaluation: listed([aDiagnosis(shown)]), origin: { ...ORIGIN, ...origin }, initialRun: true },
  );
}

/** The words of a message that are ours: its texts without the code spans. */
function ownWords({ blocks }: Message): readonly string[] {
  return blocks.flatMap((block) => {
    if (block.type === 'divider') return [];
    const texts = block.type === 'context' ? block.elements : [block.text];
    return texts.map(({ text }) => text.replace(/`[^`]*`/g, '``'));
  });
}

/** The faults in the messages of a digest, compared with the same digest of harmless text. */
function harmIn(digest: Digest, harmless: Digest): readonly string[] {
  const messages = slackMessages(digest);
  const expected = slackMessages(harmless).flatMap(ownWords);
  return [
    ...messages.flatMap((message) => faultsOf(message)),
    ...messages.flatMap((message) => markupFaults(plainText(message))),
    ...messages.flatMap(({ text }) => tokensIn(text)),
    ...messages
      .flatMap(ownWords)
      .flatMap((text, index) =>
        isSameText(text, expected[index] ?? '') ? [] : [`our own words became ${text}`],
      ),
  ];
}

/** Our own words do not depend on text from outside, unless a line too long for a section ends early. */
function isSameText(text: string, expected: string): boolean {
  return text === expected || (text.endsWith('…') && expected.startsWith(text.slice(0, -1)));
}

/** The mentions, emoji and links that Slack would read in `text`, which has no code spans. */
function tokensIn(text: string): readonly string[] {
  const tokens = [
    /<[^>]*>/u,
    /@[\p{L}\p{N}_]/u,
    /#[\p{L}\p{N}_]/u,
    /:[a-z0-9_+'-]+:/iu,
    /[a-z]+:\/\//iu,
    /mailto:\w/iu,
  ];
  return tokens.flatMap((token) => text.match(token)?.map((found) => `text holds ${found}`) ?? []);
}

const MAY_BE_MISSING = ['last_state', 'disabled_reason', 'source', 'kb', 'connector', 'connection'];

describe.each(Object.entries(FIELDS))('text from outside in the field %s', (field, digestWith) => {
  const harmless = digestWith('orders');

  it.each(Object.entries(HOSTILE))('is harmless when it holds %s', (_what, value) => {
    // Blank text counts as none: the digest then lacks a part of the evidence, or of where the sync belongs.
    if (value.trim() === '' && MAY_BE_MISSING.includes(field)) {
      expect(slackMessages(digestWith(value)).flatMap((message) => faultsOf(message))).toEqual([]);
      return;
    }
    expect(harmIn(digestWith(value), harmless)).toEqual([]);
  });
});

describe('random text from outside', () => {
  it.each(Object.entries(FIELDS))('is harmless in blocks and in text: %s', (field, digestWith) => {
    const harmless = digestWith('orders');
    fc.assert(
      fc.property(anything(), (value) => {
        fc.pre(!isBlank(value) || !MAY_BE_MISSING.includes(field));
        expect(harmIn(digestWith(value), harmless)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is harmless in all fields at once', () => {
    const all = (value: string) =>
      withRecord(
        {
          name: value,
          id: value,
          kb_uid: value,
          dest_table: value,
          last_state: value,
          disabled_reason: value,
        },
        { organisation: value, environment: value },
      );
    const harmless = all('orders');
    fc.assert(
      fc.property(anything(), (value) => {
        fc.pre(!isBlank(value));
        expect(harmIn(all(value), harmless)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('text from outside on a lock screen', () => {
  it.each(['_x_', '*x*', '~x~', '`x`'])('has no formatting sign beside a word: %s', (value) =>
    expect(neutralized(value)).not.toMatch(/[*_~`]\p{L}|\p{L}[*_~`]/u),
  );

  it('reads as it is', () =>
    expect(neutralized('@here #general :fire:').replaceAll('\u2060', '')).toBe('@here #general :fire:'));

  it('has its angle brackets escaped', () => {
    const [message] = slackMessages(withRecord({ name: '<!channel>' }));
    expect(message?.text).toContain('&lt;!channel&gt;');
  });

  it('is left out whole when it does not fit, so that no escape is cut', () => {
    const [message] = slackMessages(withRecord({ name: '&'.repeat(80) }));
    expect(message?.text).toBe('prod: CRITICAL: …');
  });
});

describe('a code span', () => {
  it.each([
    ['orders', '`orders`'],
    ['a`b', '`a′b`'],
    ['<!channel>', '`&lt;!channel&gt;`'],
    ['&lt;', '`&amp;lt;`'],
  ])('of %j is %j', (text, span) => expect(codeSpan(text)).toBe(span));

  it('keeps the text, but for backticks', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const readBack = codeSpan(text)
          .slice(1, -1)
          .replaceAll('&gt;', '>')
          .replaceAll('&lt;', '<')
          .replaceAll('&amp;', '&');
        expect(readBack).toBe(text.replaceAll('`', '′'));
      }),
    );
  });
});

describe('escaped text', () => {
  it.each([
    ['a & b', 'a &amp; b'],
    ['<a>', '&lt;a&gt;'],
    ['&amp;', '&amp;amp;'],
    ['&&', '&amp;&amp;'],
  ])('of %j is %j', (text, shown) => expect(escaped(text)).toBe(shown));
});

describe('a moment', () => {
  it('is a date token with UTC as its fallback', () =>
    expect(dateToken({ at: NOW + 999 })).toBe(
      '<!date^1795510800^{date_short_pretty} {time}|2026-11-24 09:00 UTC>',
    ));

  it('goes without its date on the day of the message', () =>
    expect(dateToken({ at: NOW, isToday: true })).toBe('<!date^1795510800^{time}|09:00 UTC>'));

  it.each([
    [-1, '1969-12-31 23:59 UTC'],
    [0, '<!date^0^{date_short_pretty} {time}|1970-01-01 00:00 UTC>'],
    [Date.UTC(9999, 11, 31), '<!date^253402214400^{date_short_pretty} {time}|9999-12-31 00:00 UTC>'],
    [Date.UTC(9999, 11, 31) + 1, '9999-12-31 00:00 UTC'],
    [-8.64e15, '-271821-04-20 00:00 UTC'],
  ])('is a date token from 1970 to 9999, and else UTC alone: %d', (epochMs, text) =>
    expect(dateToken({ at: epochMs })).toBe(text),
  );
});

describe('the validator of these tests', () => {
  it('finds text that is not escaped', () => {
    const bare = (text: string) => [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }];
    for (const value of ['<!channel>', '&am', 'a`b', '\ud83d', '<!date^1^a|b|c>', '\u202e', '`a\nb`']) {
      expect([value, faultsOf({ text: 'x', blocks: bare(value) })]).not.toEqual([value, []]);
    }
    expect(faultsOf({ text: 'x', blocks: bare(dateToken({ at: NOW })) })).toEqual([]);
    expect(tokensIn('@here')).not.toEqual([]);
    expect(lineText(withRecord({}).context)).toContain('`prod`');
  });
});

/** Code points of every plane, lone halves of surrogate pairs, and the signs that Slack knows. */
function anything() {
  const signs = [
    '<',
    '>',
    '&',
    '&lt;',
    '!',
    '|',
    '^',
    '@',
    '#',
    ':',
    '_',
    '*',
    '~',
    '`',
    '\n',
    ' ',
    '.',
    '/',
  ];
  const parts = [
    'channel',
    'here',
    'U123',
    'a',
    'fire',
    '\u202e',
    '\u200b',
    '\u200d',
    '\u{1F680}',
    '\ud83d',
    '\u001b',
  ];
  return fc.oneof(
    anyText({ maxLength: 120 }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 120 })
      .map((units) => String.fromCharCode(...units)),
    fc.string({ unit: fc.constantFrom(...signs, ...parts), maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('&', '<', '`', '\u{1F680}', 'a'), minLength: 70, maxLength: 400 }),
  );
}
