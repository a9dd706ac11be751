import fc from 'fast-check';
import { PLAIN, renderPlainText, type Style } from '../../../lambda/core/render/plain-text.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
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
  LISTING_ALERT,
  LISTING_FAILURE,
  labelsOf,
  listed,
  named,
  ORIGIN,
  resolved,
  UNAVAILABLE,
} from '../a-digest.ts';

/** A digest with every section but that of the initial run, and every kind of evidence. */
function aFullDigest() {
  const stale = { last_success_at: isoAgo(5 * HOUR), seconds_since_success: null };
  const evaluation = listed([
    aDiagnosis({
      id: 'orders',
      enabled: false,
      disabled_reason: '10 failures: no route to host',
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
        resolved('legacy', { how: 'unlisted' }),
        resolved('sandbox', { how: 'excluded', reason: 'a sandbox' }),
        aNotification('new', 'sync:odd', anAlert({ problem: 'unreadable', labels: labelsOf('odd') })),
      ].map((one) =>
        one.reason === 'changed'
          ? { ...one, logEntry: { lastNotified: aLastNotified({ problems: ['stalled'] }) } }
          : one,
      ),
      reminder: [aReminder('sync:old', anAlert({ labels: labelsOf('old'), since: ago(3 * DAY) }))],
      shrinkage: { at: ago(0), from: 40, to: 12 },
    },
    { evaluation },
  );
}

describe('a digest as text', () => {
  it('has every section, with a line for the title of each item and one for its detail', () => {
    expect(renderPlainText(aFullDigest())).toBe(
      `
4 syncs need attention (2 critical), 1 resolved in the meantime, 1 resolved, 2 no longer watched, 1 still open and the listing shrank

Needs attention
  CRITICAL invoices has stalled, critical now
           last success 5 h ago, 20 intervals behind, runs every 15 m · nothing has started for 5 h · open for 1 h · invoices → kb_sales / orders
  CRITICAL orders is disabled
           disabled by the platform: 10 failures: no route to host · last success 5 h ago, 20 intervals behind · last state failed · 10th failure in a row · orders → kb_sales / orders
  WARNING  stock is failing now, it was stalled
           last success 20 m ago, runs every 15 m · 8th failure in a row; the 10th disables it · last run 5 m ago · no cursor committed yet · open for 1 h · stock → kb_sales / orders

Resolved before delivery
  OK       brief was failing from 2026-11-24 08:00 UTC to 2026-11-24 08:50 UTC, which could not be delivered then
           recovered · brief → kb_sales / orders

Resolved
  OK       customers recovered
           was failing for 50 m · last success 2 m ago · customers → kb_sales / orders

No longer watched
  WARNING  The listing shrank from 40 syncs to 12
           deleted, or the API key no longer sees them; two listings in a row show it
  -        legacy is no longer listed
           was failing for 50 m · legacy → kb_sales / orders
  -        sandbox is excluded by the policy: a sandbox
           was failing for 50 m · sandbox → kb_sales / orders

Still open
  WARNING  old is failing
           last success 20 m ago, runs every 15 m · last run 5 m ago · open for 3 d · old → kb_sales / orders

Could not be judged
  WARNING  odd could not be read
           cannot read interval_secs · open for 1 h · odd → kb_sales / orders

6 syncs checked · 5 open, the oldest first seen 3 d ago · acme (prod) · 2026-11-24 09:00 UTC`.trimStart(),
    );
  });

  it('has the failed request while the listing fails, and no evidence of a sync', () => {
    const notifications = [aNotification('new', 'listing', LISTING_ALERT), named('new', 'orders')];
    expect(renderPlainText(aDigest({ notifications }, { evaluation: UNAVAILABLE }))).toBe(
      `
The syncs cannot be listed and 1 sync needs attention

  CRITICAL The syncs cannot be listed
           requested GET https://api.timbal.ai/orgs/acme/connectors/syncs, received 503 Service Unavailable, 4 attempts · open for 20 m · open alerts stay as they were
  WARNING  orders is failing
           as last listed · open for 1 h · orders → kb_sales / orders

no sync could be checked · 2 open, the oldest first seen 1 h ago · acme (prod) · 2026-11-24 09:00 UTC`.trimStart(),
    );
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
    const digest = aDigest({ notifications: [named('new', 'orders')] });
    expect(renderPlainText(digest, { ...PLAIN, width: 60 })).toBe(
      `
1 sync needs attention

  WARNING  orders is failing
           last success 20 m ago, runs every 15 m · last run
           5 m ago · open for 1 h · orders → kb_sales /
           orders

1 sync checked · 1 open, first seen 1 h ago · acme (prod) ·
2026-11-24 09:00 UTC`.trimStart(),
    );
  });

  it('keeps all its words, and fits the width', () => {
    const digest = aFullDigest();
    const words = renderPlainText(digest).split(/\s+/u);
    for (let width = 40; width <= 160; width += 1) {
      const text = renderPlainText(digest, { ...PLAIN, width });
      expect(text.split(/\s+/u)).toEqual(words);
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
    const text = renderPlainText(
      aDigest(
        { notifications: [aNotification('new', 'sync:x', anAlert()), resolved('y')] },
        { evaluation: UNAVAILABLE },
      ),
      style,
    );
    expect(text.split('\n')).toEqual([
      's(1 sync needs attention and 1 resolved)',
      '',
      'h(Needs attention)',
      '  w(WARNING ) n(orders) s(is) s(failing)',
      '           as last listed · open for 1 h · n(x) → n(kb_sales) n(/) n(orders)',
      '',
      'h(Resolved)',
      '  g(OK      ) n(y) s(recovered)',
      '           was failing for 50 m · n(y) → n(kb_sales) n(/) n(orders)',
      '',
      'f(no sync could be checked · 1 open, first seen 1 h ago · acme (prod) · 2026-11-24 09:00 UTC)',
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
      fc.string({ unit: 'binary' }),
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
