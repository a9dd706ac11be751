import fc from 'fast-check';
import type { Digest } from '../../../lambda/core/digest/digest.ts';
import { moment, strong, untrusted, words } from '../../../lambda/core/digest/rich-text.ts';
import { PLAIN, renderPlainText, type Style } from '../../../lambda/core/render/plain-text.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aChange,
  aDiagnosis,
  aDigest,
  ago,
  aLastNotified,
  aNotification,
  anAlert,
  anEndedAlert,
  aReminder,
  DAY,
  isoAgo,
  LISTING_FAILURE,
  labelsOf,
  listed,
  named,
  ORIGIN,
  paused,
  resolved,
  UNAVAILABLE,
} from '../a-digest.ts';
import { anyText } from '../any-text.ts';

/** A digest with most sections, and every kind of evidence. */
function aFullDigest() {
  const stale = { last_success_at: isoAgo(5 * HOUR), seconds_since_success: null };
  const evaluation = listed([
    aDiagnosis({
      id: 'orders',
      enabled: false,
      disabled_reason: '10 failures: no destination to host',
      consecutive_failures: 10,
      ...stale,
    }),
    aDiagnosis({ id: 'invoices', ...stale, last_run_at: isoAgo(5 * HOUR), last_state: 'completed' }),
    aDiagnosis({ id: 'stock', has_cursor: false, consecutive_failures: 8 }),
    aDiagnosis({
      id: 'customers',
      last_state: 'completed',
      last_success_at: isoAgo(2 * MINUTE),
      seconds_since_success: 120,
    }),
    aDiagnosis({ id: 'odd', interval_secs: 'often' }),
    aDiagnosis({ id: 'old' }),
  ]);
  const critical = { severity: 'critical', critical: { from: ago(MINUTE) } } as const;
  return aDigest(
    {
      notifications: [
        named('new', 'orders', { problem: 'disabled', ...critical, since: ago(0) }),
        named('escalated', 'invoices', { problem: 'stalled', ...critical }),
        named('changed', 'stock', { problem: 'failing' }),
        aNotification('resolved_undelivered', 'sync:brief', { ...anEndedAlert(), labels: labelsOf('brief') }),
        resolved('customers'),
        resolved('sandbox', { how: 'excluded', reason: 'a sandbox' }),
        aNotification('new', 'sync:odd', anAlert({ problem: 'unreadable', labels: labelsOf('odd') })),
      ].map((one) =>
        one.reason === 'changed'
          ? { ...one, logEntry: { lastNotified: aLastNotified({ problems: ['stalled'] }) } }
          : one,
      ),
      reminder: [aReminder('sync:old', anAlert({ labels: labelsOf('old'), since: ago(3 * DAY) }))],
      neutral: [paused('quiet'), aChange('unlisted', 'legacy')],
      pausedReminder: [paused('still')],
    },
    { evaluation },
  );
}

/** A digest of two sections, with an item of every level and a nested one. */
function aSmallDigest(): Digest {
  return {
    environment: 'prod',
    headline: '2 syncs need attention and 1 resolved',
    push: [],
    sections: [
      {
        title: 'Needs attention',
        items: [
          {
            level: 'critical',
            title: [words('connection '), untrusted('pg-main'), words(': '), strong('2 of 2 failing')],
            detail: [words('last success 20 m ago · connector '), untrusted('postgres')],
            covers: [],
          },
          {
            level: 'note',
            title: [untrusted('orders'), words(', '), untrusted('carts')],
            detail: [],
            covers: [],
            isNested: true,
          },
          {
            level: 'warning',
            title: [untrusted('stock'), words(' '), strong('has stalled')],
            detail: [],
            covers: [],
          },
        ],
      },
      {
        title: 'Resolved',
        items: [
          {
            level: 'good',
            title: [untrusted('customers'), words(' '), strong('recovered')],
            detail: [words('from '), moment(ago(HOUR))],
            covers: [],
          },
          {
            level: 'note',
            title: [words('1 sync was paused: '), untrusted('quiet')],
            detail: [],
            covers: [],
          },
        ],
      },
    ],
    context: [words('3 syncs checked')],
    moreHint: '',
  };
}

describe('a digest as text', () => {
  it('has every section with its title, and an item as a line for its title and one for its detail', () => {
    expect(renderPlainText(aSmallDigest())).toBe(
      `
2 syncs need attention and 1 resolved

Needs attention
  CRITICAL connection pg-main: 2 of 2 failing
           last success 20 m ago · connector postgres
    -        orders, carts
  WARNING  stock has stalled

Resolved
  OK       customers recovered
           from 2026-11-24 08:00 UTC
  -        1 sync was paused: quiet

3 syncs checked`.trimStart(),
    );
  });

  it('has no titles when it has one section: its headline says the same', () => {
    const [first] = aSmallDigest().sections;
    const text = renderPlainText({ ...aSmallDigest(), sections: first === undefined ? [] : [first] });
    expect(text).not.toContain('\nNeeds attention\n');
    expect(text).toContain('  WARNING  stock has stalled');
  });

  it('has no newline at its end and no blank at the end of a line', () => {
    for (const width of [30, 60, 100, Number.POSITIVE_INFINITY]) {
      expect(renderPlainText(aFullDigest(), { ...PLAIN, width })).not.toMatch(/\s$|[ \t]\n/u);
    }
  });
});

describe('a line that is longer than the terminal is wide', () => {
  it('is broken neither before a separator nor between a number and its unit', () => {
    const digest = aDigest({ notifications: [named('new', 'orders')] });
    for (let width = 40; width < 120; width += 1) {
      const text = renderPlainText(digest, { ...PLAIN, width });
      expect(text).not.toMatch(/\n\s*·|\d\n\s*[smhd]\b/);
    }
  });

  it('is broken between words, and continues under its beginning', () => {
    expect(renderPlainText(aSmallDigest(), { ...PLAIN, width: 40 })).toContain(
      `
  CRITICAL connection pg-main: 2 of 2
           failing
           last success 20 m ago ·
           connector postgres
    -        orders, carts
`,
    );
  });

  it('keeps all its words, and fits the width', () => {
    const digest = aFullDigest();
    const all = renderPlainText(digest).split(/\s+/u);
    for (let width = 40; width <= 160; width += 1) {
      const text = renderPlainText(digest, { ...PLAIN, width });
      expect(text.split(/\s+/u)).toEqual(all);
      const [_headline, ...lines] = text.split('\n');
      expect(lines.filter((line) => line.length > width)).toEqual([]);
    }
  });
});

describe('a style', () => {
  const tagged = (tag: string) => (text: string) => `${tag}(${text})`;
  const style: Style = {
    heading: tagged('h'),
    strong: tagged('s'),
    name: tagged('n'),
    faint: tagged('f'),
    level: { critical: tagged('c'), warning: tagged('w'), good: tagged('g'), note: tagged('-') },
    width: Number.POSITIVE_INFINITY,
  };

  it('is applied to each part of a line', () => {
    expect(renderPlainText(aSmallDigest(), style).split('\n')).toEqual([
      's(2 syncs need attention and 1 resolved)',
      '',
      'h(Needs attention)',
      '  c(CRITICAL) connection n(pg-main): s(2) s(of) s(2) s(failing)',
      '           last success 20 m ago · connector n(postgres)',
      '    -(-       ) n(orders), n(carts)',
      '  w(WARNING ) n(stock) s(has) s(stalled)',
      '',
      'h(Resolved)',
      '  g(OK      ) n(customers) s(recovered)',
      '           from 2026-11-24 08:00 UTC',
      '  -(-       ) 1 sync was paused: n(quiet)',
      '',
      'f(3 syncs checked)',
    ]);
  });
});

describe('text from outside', () => {
  const withAll = (value: string) => {
    const labels = labelsOf(value, { kbUid: value, destTable: value });
    const record = { id: 'x', enabled: false, disabled_reason: value, last_state: value };
    const origin = { ...ORIGIN, environment: value, organisation: value };
    return [
      aDigest(
        {
          notifications: [
            aNotification('new', 'sync:x', anAlert({ problem: 'disabled', labels })),
            aNotification('new', `sync:${value}`, anAlert({ labels: null })),
            aNotification('resolved', 'sync:y', anEndedAlert({ how: 'excluded', reason: value }, { labels })),
          ],
        },
        { evaluation: listed([aDiagnosis(record)]), origin },
      ),
      aDigest(
        {
          notifications: [
            aNotification('new', 'listing', anAlert({ problem: 'listing_failed', labels: null })),
          ],
        },
        {
          evaluation: { ...UNAVAILABLE, failure: { ...LISTING_FAILURE, request: value, received: value } },
          origin,
        },
      ),
    ];
  };

  it.each([
    ['a colour', '\u001b[31mred\u001b[0m'],
    ['a cleared screen', '\u001b[2J\u001b[H'],
    ['the title of the window', '\u001b]0;owned\u0007'],
    ['a link', '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\'],
    ['an 8-bit escape', '\u009b2J'],
    ['an overwritten line', 'CRITICAL\rOK      '],
    ['a backspace', 'bad\b\b\bgood'],
    ['lines of its own', 'x\n\nResolved\n  OK       all is well'],
    ['other line separators', 'x\u2028Resolved\u2029y\u0085z\u000bv\u000cf'],
    ['a turned reading direction', '\u202elennahc\u202c'],
  ])('cannot bring %s to the terminal', (_what, value) => {
    for (const digest of withAll(value)) expectHarmless(renderPlainText(digest));
  });

  it('cannot bring any control character to the terminal', () => {
    const units = fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0x9f })));
    const anything = fc.oneof(
      units.map((codes) => String.fromCharCode(...codes)),
      anyText(),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom(40, 100, Number.POSITIVE_INFINITY), (value, width) => {
        for (const digest of withAll(value)) expectHarmless(renderPlainText(digest, { ...PLAIN, width }));
      }),
    );
  });

  it('cannot add a line', () => {
    const count = (value: string) =>
      withAll(value).map((digest) => renderPlainText(digest).split('\n').length);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\n', '\r', '\u2028', '\u0085', 'a', ' '), minLength: 1 }),
        (value) => expect(count(value)).toEqual(count('orders')),
      ),
    );
  });
});

function expectHarmless(text: string): void {
  expect(text.replaceAll('\n', '')).not.toMatch(
    /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\u200E\u200F]/u,
  );
}
