import fc from 'fast-check';
import type { Digest, Item } from '../../../lambda/core/digest/digest.ts';
import { strong, untrusted, words } from '../../../lambda/core/digest/rich-text.ts';
import { plainText } from '../../../lambda/core/render/blocks.ts';
import { slackMessages } from '../../../lambda/core/render/slack-messages.ts';
import { aDiagnosis, aDigest, aNotification, labelsOf, listed, named, ORIGIN } from '../a-digest.ts';
import { anyText } from '../any-text.ts';
import { markupFaults } from './block-kit-validator.ts';
import { countsLeftOut, expectAllCovered, expectValid, numbers, textsOf } from './many-alerts.ts';

describe('any digest', () => {
  it('becomes at most three valid messages that cover each alert once and count what they leave out', () => {
    fc.assert(
      fc.property(anyDigest(), (digest) => {
        const messages = slackMessages(digest);
        expectValid(messages);
        expectAllCovered(messages, digest);
        const items = digest.sections.flatMap((section) => section.items);
        const shown = messages
          .flatMap(textsOf)
          .filter((text) => /^[\u{1F534}\u{1F536}\u{2705}•]/u.test(text)).length;
        const left = items.slice(shown).reduce((sum, { covers }) => sum + Math.max(1, covers.length), 0);
        expect(countsLeftOut(messages)).toEqual(left === 0 ? [] : [left.toLocaleString('en-US')]);
      }),
      { numRuns: 60 },
    );
  });

  it('has a plain text in which no token and no escape is cut', () => {
    fc.assert(
      fc.property(anyDigest(), (digest) => {
        for (const message of slackMessages(digest)) {
          const text = plainText(message);
          expect(markupFaults(text)).toEqual([]);
          expect(text.length).toBeLessThanOrEqual(3002);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('text from outside', () => {
  it.each([1, 79, 80, 81, 10_000])(
    'of %d characters in every field leaves the messages valid, and each alert covered',
    (length) => {
      for (const character of [
        'a',
        '&',
        '<',
        '`',
        '"',
        '\\',
        '\u{1F680}',
        'é',
        '漢',
        '\u202e',
        '\n',
        '\u2028',
      ]) {
        const long = character.repeat(length);
        const record = (id: string) => ({
          id,
          name: long,
          kb_uid: long,
          dest_table: long,
          last_state: long,
          enabled: false,
          disabled_reason: long,
        });
        const ids = numbers(60).map((index) => `${long}${index}`);
        const evaluation = listed(ids.map((id) => aDiagnosis(record(id))));
        const notifications = ids.map((id) =>
          aNotification('new', `sync:${id}`, {
            ...named('new', id).alert,
            problem: 'disabled',
            labels: labelsOf(long, { kbUid: long, destTable: long }),
          }),
        );
        const origin = { environment: long, organisation: long, moreHint: 'npm start -- --json' };
        const digest = aDigest({ notifications }, { evaluation, origin });
        const messages = slackMessages(digest);
        expectValid(messages);
        expectAllCovered(messages, digest);
      }
    },
  );

  it('does not cut the rest of its line while that fits a section', () => {
    const long = 'a'.repeat(10_000);
    const evaluation = listed([
      aDiagnosis({ name: long, enabled: false, disabled_reason: long, last_state: long }),
    ]);
    const [message] = slackMessages(aDigest({ notifications: [aNotification('new')] }, { evaluation }));
    expect(message && textsOf(message).join('\n')).toContain('open for 1 h');
  });
});

/** Sections of lines of any length, the last of which may count many. */
function anyDigest(): fc.Arbitrary<Digest> {
  const text = fc.oneof(
    anyText({ maxLength: 100 }),
    fc.string({ unit: fc.constantFrom('&', '<', '`', '"', '\u{1F680}'), maxLength: 400 }),
  );
  const item = fc
    .record({
      title: text,
      detail: fc.array(text, { maxLength: 6 }),
      level: fc.constantFrom<Item['level']>('critical', 'warning', 'good', 'note'),
      count: fc.oneof(
        { weight: 9, arbitrary: fc.constant(1) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 300 }) },
      ),
    })
    .map(({ title, detail, level, count }) => ({
      level,
      title: [untrusted(title), words(' '), strong('is failing')],
      detail: detail.flatMap((part) => [words(' · last state '), untrusted(part)]),
      count,
    }));
  const sections = fc.array(fc.array(item, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 7 });
  return fc
    .record({ sections, environment: text, organisation: text })
    .map(({ sections, environment, organisation }) => ({
      environment,
      headline: `${sections.length} syncs need attention`,
      push: [words(`${sections.length} syncs need attention`)],
      sections: sections.map((items, at) => ({
        title: `Section ${at}`,
        items: items.map(
          ({ count, ...one }, index): Item => ({
            ...one,
            covers: numbers(count).map((which) => ({
              fingerprint: `sync:${at}-${index}-${which}`,
              reason: 'new' as const,
              listed: count === 1,
            })),
          }),
        ),
      })),
      context: [untrusted(environment), words(' of '), untrusted(organisation)],
      moreHint: ORIGIN.moreHint,
    }));
}
