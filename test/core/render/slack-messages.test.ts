import fc from 'fast-check';
import { strong, untrusted, words } from '../../../lambda/core/digest/rich-text.ts';
import { type Digest, type Item, writeDigest } from '../../../lambda/core/digest/write-digest.ts';
import { planNotifications } from '../../../lambda/core/notify/plan.ts';
import { plainText } from '../../../lambda/core/render/blocks.ts';
import { type Message, slackMessages } from '../../../lambda/core/render/slack-messages.ts';
import { processorMsSince } from '../../processor-time.ts';
import {
  aDiagnosis,
  aDigest,
  anAlert,
  anEndedAlert,
  announced,
  BLIND,
  labelsOf,
  NOW,
  named,
  PLACE,
  POLICY,
  reminded,
  seen,
  wasTold,
} from '../a-digest.ts';
import { faultsOf, markupFaults } from './block-kit-validator.ts';

const numbered = (index: number) => `sync-${String(index).padStart(5, '0')}`;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

const digests = new Map<number, Digest>();

/** So many alerts at once, each with its evidence; every tenth is critical. Built once, and never changed. */
function alertsAtOnce(count: number): Digest {
  const digest = digests.get(count) ?? digestOfAlerts(count);
  digests.set(count, digest);
  return digest;
}

function digestOfAlerts(count: number): Digest {
  const ids = numbers(count).map(numbered);
  const notifications = ids.map((id, index) =>
    named('new', id, { severity: index % 10 === 0 ? 'critical' : 'warning' }),
  );
  return aDigest({ notifications }, { evaluation: seen(ids.map((id) => aDiagnosis({ id }))) });
}

/** Sixty items whose lines are longer than those of any alert. */
function longLines(): Digest {
  const detail = [words('so it is said at length '.repeat(20))];
  const items = numbers(60).map((index): Item => {
    const covers = [{ fingerprint: `sync:${numbered(index)}`, reason: 'new' as const, listed: true }];
    return { level: 'warning', title: [untrusted(numbered(index))], detail, covers };
  });
  const sections = [{ title: 'x', items }];
  return { environment: 'x', headline: 'x', sections, context: [words('x')], moreHint: 'x' };
}

const tellsOf = (messages: readonly Message[]) => messages.flatMap(({ covers }) => covers);
/** With plain blanks for those at which no line is broken. */
const textsOf = ({ blocks }: Message) =>
  blocks
    .flatMap((block) => {
      if (block.type === 'context') return block.elements.map(({ text }) => text);
      return block.type === 'divider' ? [] : [block.text.text];
    })
    .map((text) => text.replaceAll('\u00A0', ' '));
const theCount = (messages: readonly Message[]) =>
  messages.flatMap(textsOf).flatMap((text) => text.match(/… and ([\d,]+) more/)?.[1] ?? []);

function expectValid(messages: readonly Message[]): void {
  expect(messages.length).toBeGreaterThan(0);
  expect(messages.length).toBeLessThanOrEqual(3);
  expect(messages.flatMap((message) => faultsOf(message))).toEqual([]);
}

/** Each thing that the digest tells is told by one message, once. */
function expectAllTold(messages: readonly Message[], { sections }: Digest): void {
  const plan = sections.flatMap(({ items }) => items.flatMap(({ covers }) => covers));
  const keys = (covers: readonly { readonly fingerprint: string; readonly reason: string }[]) =>
    covers.map(({ fingerprint, reason }) => `${reason} ${fingerprint}`).sort();
  expect(keys(tellsOf(messages))).toEqual(keys(plan));
}

describe('a digest of many alerts', () => {
  it.each([1, 2, 48, 49, 50, 51, 300, 1000, 20_000])(
    'of %d is at most three messages that Slack takes, and tells each once',
    (count) => {
      const digest = alertsAtOnce(count);
      const messages = slackMessages(digest);
      expectValid(messages);
      expectAllTold(messages, digest);
      expect(new Set(tellsOf(messages).map(({ fingerprint }) => fingerprint)).size).toBe(count);
    },
  );

  it.each([1, 48, 49, 50, 51, 300, 1000, 20_000])(
    'of %d names what it lists, and counts the rest in one line',
    (count) => {
      const messages = slackMessages(alertsAtOnce(count));
      const named = new Set(
        messages.flatMap(({ blocks }) => JSON.stringify(blocks).match(/`sync-\d{5}` \*is/g) ?? []),
      );
      const counted = count - named.size;
      expect(theCount(messages)).toEqual(counted === 0 ? [] : [counted.toLocaleString('en-US')]);
      expect(tellsOf(messages).filter(({ listed }) => listed)).toHaveLength(named.size);
      for (const { covers, blocks } of messages) {
        const json = JSON.stringify(blocks);
        for (const { fingerprint, listed } of covers) {
          if (json.includes(`\`${fingerprint.slice(5)}\` *is`) !== listed)
            throw new Error(`${fingerprint}: ${listed}`);
        }
      }
    },
  );

  it('names the command that shows the rest, above the context of the last message', () => {
    const messages = slackMessages(alertsAtOnce(300));
    expect(messages).toHaveLength(3);
    const last = messages.map(textsOf).at(-1) ?? [];
    expect(last.at(-2)).toMatch(/^… and \d+ more: `npm start -- --json` shows/);
    expect(last.at(-1)).toMatch(/^300 syncs checked · 300 open/);
  });

  it('shows the critical ones before it counts others', () => {
    const listed = tellsOf(slackMessages(alertsAtOnce(300))).filter((tell) => tell.listed);
    const critical = numbers(30).map((index) => `sync:${numbered(index * 10)}`);
    expect(listed.slice(0, 30).map(({ fingerprint }) => fingerprint)).toEqual(critical);
  });

  it('fills a message before it begins another', () => {
    const [first] = slackMessages(alertsAtOnce(300));
    expect(first?.blocks.length).toBeGreaterThanOrEqual(46);
    const [long] = slackMessages(longLines());
    expect(JSON.stringify(long?.blocks).length).toBeGreaterThan(8500);
  });

  it('keeps to fifty blocks where the lines are short', () => {
    const notifications = numbers(200).map((index) =>
      named('new', String(index), { since: NOW, labels: labelsOf('x', { kbUid: null, destTable: null }) }),
    );
    const messages = slackMessages(aDigest({ notifications }, { evaluation: BLIND }));
    expectValid(messages);
    expect(Math.max(...messages.map(({ blocks }) => blocks.length))).toBeGreaterThan(40);
  });

  it('is arranged and composed within seconds, 20,000 at once', () => {
    const ids = numbers(20_000).map(numbered);
    const evaluation = seen(ids.map((id) => aDiagnosis({ id })));
    const notifications = ids.map((id) => named('new', id));
    const before = process.cpuUsage();
    const messages = slackMessages(aDigest({ notifications }, { evaluation }));
    expect(processorMsSince(before)).toBeLessThan(3000);
    expect(messages).toHaveLength(3);
  });

  // A listing may be of 64 MB: some 140,000 records.
  it('of 140,000, as many as a listing can hold, is composed too', () => {
    const notifications = numbers(140_000).map((index) =>
      named('new', numbered(index), { problem: 'disabled', paused: true }),
    );
    const digest = aDigest({ notifications }, { evaluation: BLIND, initialRun: true });
    expect(tellsOf(slackMessages(digest))).toHaveLength(140_000);
  });
});

/** The alerts of syncs that fail, each with these labels of its own, as a check that first sees them arranges them. */
function announcedTogether(labels: readonly Parameters<typeof labelsOf>[1][]) {
  const ids = labels.map((_, index) => numbered(index));
  const evaluation = seen(
    labels.map((own = {}, index) =>
      aDiagnosis({
        id: numbered(index),
        name: numbered(index),
        connector_id: own.connectorId,
        connection_ref: own.connectionRef,
        kb_uid: own.kbUid,
      }),
    ),
  );
  const alerts = ids.map((id, index) => [
    `sync:${id}`,
    anAlert({ since: NOW, labels: labelsOf(id, labels[index]) }),
  ]);
  const facts = { alerts: Object.fromEntries(alerts), histories: {}, size: { normal: ids.length } };
  const arranged = () => {
    const { plan } = planNotifications(facts, { notificationLog: {} }, evaluation, POLICY, NOW);
    return writeDigest(plan, facts, evaluation, PLACE, false, NOW);
  };
  return { ids, arranged };
}

describe('a digest of shared causes', () => {
  const ownLabels = (own: string) => ({ connectorId: own, connectionRef: own, kbUid: own });
  const headsOf = (message: Message) =>
    message.blocks.flatMap((block) => {
      const text = block.type === 'section' ? block.text.text : '';
      return text.match(/(connection|connector|knowledge base) `\S+`: |`sync-\d{5}` \*is failing/)?.[0] ?? [];
    });

  it('of 20,000 alerts at once is three messages at most, the causes first, within a second or so', () => {
    // Twenty causes of 990 alerts each, and among them 200 alerts that share nothing.
    const labels = numbers(20_000).map((index) =>
      ownLabels(index % 100 === 0 ? `own-${index}` : `shared-${String(index % 20).padStart(2, '0')}`),
    );
    const { ids, arranged } = announcedTogether(labels);
    const before = process.cpuUsage();
    const arrangement = arranged();
    const messages = slackMessages(arrangement);
    expect(processorMsSince(before)).toBeLessThan(3000);

    expectValid(messages);
    expectAllTold(messages, arrangement);
    expect(new Set(tellsOf(messages).map(({ fingerprint }) => fingerprint)).size).toBe(ids.length);
    expect(arrangement.headline).toBe('20,000 syncs need a person (20 shared causes)');
    const heads = messages.flatMap(headsOf);
    expect(heads.slice(0, 20).every((head) => head.startsWith('connection `shared-'))).toBe(true);
    expect(new Set(heads.slice(0, 20)).size).toBe(20);
    expect(heads.slice(20).every((head) => head.endsWith('*is failing'))).toBe(true);
    expect(heads.length).toBeGreaterThan(20);
  });

  it('that has too many of them counts what finds no room alert by alert', () => {
    const { ids, arranged } = announcedTogether(
      numbers(1200).map((index) => ownLabels(`shared-${String(index % 300).padStart(3, '0')}`)),
    );
    const messages = slackMessages(arranged());
    expectValid(messages);
    const listed = tellsOf(messages).filter((tell) => tell.listed).length;
    expect(listed).toBeGreaterThan(0);
    expect(theCount(messages)).toEqual([(ids.length - listed).toLocaleString('en-US')]);
  });
});

describe('names of any length', () => {
  it.each([1, 79, 80, 81, 10_000])(
    'of %d characters leave the messages valid, and each alert told',
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
        const evaluation = seen(ids.map((id) => aDiagnosis(record(id))));
        const notifications = ids.map((id) =>
          announced('new', `sync:${id}`, {
            ...named('new', id).alert,
            problem: 'disabled',
            labels: labelsOf(long, { kbUid: long, destTable: long }),
          }),
        );
        const place = { environment: long, organisation: long, moreHint: 'npm start -- --json' };
        const digest = aDigest({ notifications }, { evaluation, place });
        const messages = slackMessages(digest);
        expectValid(messages);
        expectAllTold(messages, digest);
      }
    },
  );

  it('keep the evidence of one line whole unless it cannot fit a section', () => {
    const long = 'a'.repeat(10_000);
    const evaluation = seen([
      aDiagnosis({ name: long, enabled: false, disabled_reason: long, last_state: long }),
    ]);
    const [message] = slackMessages(aDigest({ notifications: [announced('new')] }, { evaluation }));
    expect(message && textsOf(message).join('\n')).toContain('open for 1 h');
  });
});

describe('one message', () => {
  const [message] = slackMessages(alertsAtOnce(1));

  it('is the headline, the item, what is to be known of it in small print, and the context', () => {
    expect(message?.blocks.map(({ type }) => type)).toEqual([
      'header',
      'section',
      'context',
      'divider',
      'context',
    ]);
    expect(message && textsOf(message)).toEqual([
      '1 sync needs a person (critical)',
      '\u{1F534}  `sync-00000` *is failing*',
      'last success 20 m ago, runs every 15 m · last run 5 m ago · open for 1 h' +
        ' · `sync-00000` → `kb_sales / orders`',
      '1 sync checked · 1 open, first seen 1 h ago · `acme` (`prod`) · ' +
        '<!date^1795510800^{date_short_pretty} {time}|2026-11-24 09:00 UTC>',
    ]);
  });

  it('says on a lock screen what it is about', () =>
    expect(message?.text).toBe('prod: 1 sync needs a person (critical) · sync-00000 is failing'));

  it('says first on a lock screen which of several deployments speaks, whatever it is called', () => {
    const textIn = (environment: string) =>
      slackMessages(
        aDigest({ notifications: [named('new', 'orders')] }, { place: { ...PLACE, environment } }),
      )[0]?.text;
    expect(textIn('staging')).toBe('staging: 1 sync needs a person · orders is failing');
    expect(textIn('<!channel>')?.startsWith('&lt;!channel&gt;: 1 sync')).toBe(true);
  });

  it('names the worst three on a lock screen', () => {
    const [{ text } = { text: '' }] = slackMessages(alertsAtOnce(20));
    const worst = [0, 10, 1].map((index) => `${numbered(index)} is failing`);
    expect(text).toBe(['prod: 20 syncs need a person (2 critical)', ...worst].join(' · '));
  });

  it('breaks no line before a separator, or between a number and its unit', () => {
    const texts = message?.blocks.flatMap((block) =>
      block.type === 'context' ? block.elements.map(({ text }) => text) : [],
    );
    expect(texts?.join('\n')).not.toMatch(/ ·|\d [smhd]\b/);
    expect(texts?.join('\n')).toContain('last success 20\u00A0m ago');
  });
});

describe('several sections', () => {
  const [message] = slackMessages(
    aDigest({
      notifications: [named('new', 'orders'), announced('resolved', 'sync:carts', anEndedAlert(), wasTold())],
    }),
  );

  it('have their titles, and a divider between them', () =>
    expect(message?.blocks.map((block) => (block.type === 'section' ? block.text.text : block.type))).toEqual(
      [
        'header',
        '*Needs a person*',
        expect.stringContaining('`orders` *is failing*'),
        'context',
        'divider',
        '*Resolved*',
        expect.stringContaining('`orders` *recovered*'),
        'context',
        'divider',
        'context',
      ],
    ));
});

describe('an item that belongs to the one above it', () => {
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

  it('is an item of its own in the plain form', () =>
    expect(message && plainText(message)).toBe(
      'x\n\u{1F536}  connection\n4 of 4\n↳ \u{1F536} orders\nlate\n↳ and 3 more\nx',
    ));
});

describe('several messages', () => {
  const messages = slackMessages(alertsAtOnce(300));

  it('are numbered on the lock screen', () =>
    expect(messages.map(({ text }) => text.match(/\(\d of \d\)/)?.[0])).toEqual([
      '(1 of 3)',
      '(2 of 3)',
      '(3 of 3)',
    ]));

  it('are headed once, by the section that goes on, and end with the context once', () => {
    const texts = messages.map(textsOf);
    expect(texts.map(([first]) => first)).toEqual([
      '300 syncs need a person (30 critical)',
      '*Needs a person, continued*',
      '*Needs a person, continued*',
    ]);
    expect(texts.map((lines) => lines.filter((line) => line.includes('syncs checked')).length)).toEqual([
      0, 0, 1,
    ]);
  });

  it('do not say that a section goes on that begins with the message', () => {
    for (const count of numbers(40)) {
      const notifications = [
        ...numbers(count + 10).map((index) => named('new', numbered(index))),
        ...numbers(5).map((index) => announced('resolved', `sync:over-${index}`, anEndedAlert(), wasTold())),
      ];
      const titles = slackMessages(aDigest({ notifications }, { evaluation: BLIND }))
        .flatMap(textsOf)
        .filter((text) => text.startsWith('*Resolved'));
      expect(titles[0]).toBe('*Resolved*');
    }
  });
});

describe('what finds no room', () => {
  it('is told with the message whose last line counts it, as not listed', () => {
    const messages = slackMessages(alertsAtOnce(1000));
    expect(messages.map(({ covers }) => covers.some(({ listed }) => !listed))).toEqual([false, false, true]);
  });

  it('is counted alert by alert, also those that one line of the digest had counted', () => {
    const notifications = [
      ...numbers(300).map((index) => named('new', numbered(index))),
      ...numbers(500).map((index) => announced('resolved', `sync:over-${index}`, anEndedAlert(), wasTold())),
    ];
    const messages = slackMessages(aDigest({ notifications }, { evaluation: BLIND }));
    const listed = tellsOf(messages).filter((tell) => tell.listed).length;
    expect(theCount(messages)).toEqual([String(800 - listed)]);
  });

  it('includes that the listing shrank, and tells it', () => {
    const notifications = numbers(300).map((index) => named('new', numbered(index)));
    const messages = slackMessages(aDigest({ notifications, shrinkage: { at: NOW, from: 900, to: 300 } }));
    expect(messages.map(({ coversShrinkage }) => coversShrinkage)).toEqual([false, false, true]);
    const listed = tellsOf(messages).filter((tell) => tell.listed).length;
    expect(theCount(messages)).toEqual([String(301 - listed)]);
  });
});

describe('that the listing shrank', () => {
  it('is told by the message that says it', () => {
    const [message] = slackMessages(aDigest({ shrinkage: { at: NOW, from: 40, to: 12 } }));
    expect(message?.coversShrinkage).toBe(true);
    expect(JSON.stringify(message?.blocks)).toContain('from 40 syncs to 12');
  });

  it('is told by no other', () => {
    expect(slackMessages(alertsAtOnce(300)).some(({ coversShrinkage }) => coversShrinkage)).toBe(false);
  });
});

describe('any digest', () => {
  it('is at most three valid messages that tell everything once, and count exactly what they do not list', () => {
    fc.assert(
      fc.property(anyDigest(), (digest) => {
        const messages = slackMessages(digest);
        expectValid(messages);
        expectAllTold(messages, digest);
        const items = digest.sections.flatMap((section) => section.items);
        const shown = messages
          .flatMap(textsOf)
          .filter((text) => /^[\u{1F534}\u{1F536}\u{2705}•]/u.test(text)).length;
        const left = items.slice(shown).reduce((sum, { covers }) => sum + Math.max(1, covers.length), 0);
        expect(theCount(messages)).toEqual(left === 0 ? [] : [left.toLocaleString('en-US')]);
        expect(messages.filter(({ coversShrinkage }) => coversShrinkage)).toHaveLength(
          items.some(({ coversShrinkage }) => coversShrinkage) ? 1 : 0,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('has a plain form in which no token and no escape is cut', () => {
    fc.assert(
      fc.property(anyDigest(), (digest) => {
        for (const message of slackMessages(digest)) {
          const form = plainText(message);
          expect(markupFaults(form)).toEqual([]);
          expect(form.length).toBeLessThanOrEqual(3002);
        }
      }),
      { numRuns: 60 },
    );
  });

  // What a message tells is remembered as told once Slack accepted it, in whichever form.
  it('has a plain form that says how much of the message it leaves out', () => {
    const [message] = slackMessages(alertsAtOnce(23));
    const form = message === undefined ? '' : plainText(message);
    const shown = form.match(/is failing/g)?.length ?? 0;
    expect(shown).toBeLessThan(23);
    expect(form).toContain(`${23 - shown} more`);
    expect(form.split(`${23 - shown} more`)[1]).not.toContain('last success');
  });

  it('that only reminds is as good as any', () => {
    const reminder = numbers(400).map((index) => reminded(`sync:${numbered(index)}`));
    const digest = aDigest({ reminder });
    expectValid(slackMessages(digest));
    expectAllTold(slackMessages(digest), digest);
  });

  it('that leaves a reminder nothing to add gives it with its last message', () => {
    const ends = slackMessages({ ...alertsAtOnce(300), satisfiesReminder: true }).map(
      ({ endsReminder }) => endsReminder,
    );
    expect(ends.length).toBeGreaterThan(1);
    expect(ends.indexOf(true)).toBe(ends.length - 1);
    expect(slackMessages(alertsAtOnce(300)).some(({ endsReminder }) => endsReminder)).toBe(false);
  });
});

/** Sections of lines of any length, the last of which may count many. */
function anyDigest(): fc.Arbitrary<Digest> {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
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
    .record({ sections, place: fc.tuple(text, text), shrinks: fc.boolean() })
    .map(({ sections, place, shrinks }) => ({
      environment: place[0],
      headline: `${sections.length} syncs need a person`,
      sections: sections.map((items, at) => ({
        title: `Section ${at}`,
        items: items.map(({ count, ...one }, index): Item => {
          const covers = numbers(count).map((which) => ({
            fingerprint: `sync:${at}-${index}-${which}`,
            reason: 'new' as const,
            listed: count === 1,
          }));
          return shrinks && at === 0 && index === 0
            ? { ...one, covers: [], coversShrinkage: true }
            : { ...one, covers };
        }),
      })),
      context: [untrusted(place[0]), words(' of '), untrusted(place[1])],
      moreHint: PLACE.moreHint,
    }));
}
