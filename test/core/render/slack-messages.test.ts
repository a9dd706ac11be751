import type { Digest, Item } from '../../../lambda/core/digest/digest.ts';
import { untrusted, words } from '../../../lambda/core/digest/rich-text.ts';
import { slackMessages } from '../../../lambda/core/render/slack-messages.ts';
import { processorMsSince } from '../../processor-time.ts';
import {
  aDiagnosis,
  aDigest,
  aNotification,
  anEndedAlert,
  aReminder,
  labelsOf,
  listed,
  NOW,
  named,
  paused,
  UNAVAILABLE,
} from '../a-digest.ts';
import {
  alertsAtOnce,
  countsLeftOut,
  coversOf,
  expectAllCovered,
  expectValid,
  numbered,
  numbers,
  textsOf,
} from './many-alerts.ts';

/** A digest of sixty items, whose lines are longer than those of any alert. */
function longLines(): Digest {
  const detail = [words('some words of a long line '.repeat(20))];
  const items = numbers(60).map((index): Item => {
    const covers = [{ fingerprint: `sync:${numbered(index)}`, reason: 'new' as const, listed: true }];
    return { level: 'warning', title: [untrusted(numbered(index))], detail, covers };
  });
  const sections = [{ title: 'x', items }];
  const text = [words('x')];
  return { environment: 'x', headline: 'x', push: text, sections, context: text, moreHint: 'x' };
}

const resolutions = (count: number) =>
  numbers(count).map((index) => aNotification('resolved', `sync:ended-${index}`, anEndedAlert()));

describe('the messages of a digest', () => {
  it.each([1, 2, 48, 49, 50, 51, 300, 1000, 20_000])(
    'are at most three that Slack takes, and cover each alert once: %d alerts',
    (count) => {
      const digest = alertsAtOnce(count);
      const messages = slackMessages(digest);
      expectValid(messages);
      expectAllCovered(messages, digest);
      expect(new Set(coversOf(messages).map(({ fingerprint }) => fingerprint)).size).toBe(count);
    },
  );

  it.each([1, 48, 49, 50, 51, 300, 1000, 20_000])(
    'name the alerts that they list, and count the others in one line: %d alerts',
    (count) => {
      const messages = slackMessages(alertsAtOnce(count));
      const named = new Set(
        messages.flatMap(({ blocks }) => JSON.stringify(blocks).match(/`sync-\d{5}` \*is/g) ?? []),
      );
      const leftOut = count - named.size;
      expect(countsLeftOut(messages)).toEqual(leftOut === 0 ? [] : [leftOut.toLocaleString('en-US')]);
      expect(coversOf(messages).filter(({ listed }) => listed)).toHaveLength(named.size);
      for (const { covers, blocks } of messages) {
        const json = JSON.stringify(blocks);
        for (const { fingerprint, listed } of covers) {
          if (json.includes(`\`${fingerprint.slice(5)}\` *is`) !== listed)
            throw new Error(`${fingerprint}: ${listed}`);
        }
      }
    },
  );

  it('list the critical alerts first', () => {
    const covers = coversOf(slackMessages(alertsAtOnce(300))).filter(({ listed }) => listed);
    const critical = numbers(30).map((index) => `sync:${numbered(index * 10)}`);
    expect(covers.slice(0, 30).map(({ fingerprint }) => fingerprint)).toEqual(critical);
  });

  it('are filled before another begins', () => {
    const [first] = slackMessages(alertsAtOnce(300));
    expect(first?.blocks.length).toBeGreaterThanOrEqual(46);
    const [long] = slackMessages(longLines());
    expect(JSON.stringify(long?.blocks).length).toBeGreaterThan(8500);
  });

  it('have at most fifty blocks when the lines are short', () => {
    const notifications = numbers(200).map((index) =>
      named('new', String(index), { since: NOW, labels: labelsOf('x', { kbUid: null, destTable: null }) }),
    );
    const messages = slackMessages(aDigest({ notifications }, { evaluation: UNAVAILABLE }));
    expectValid(messages);
    expect(Math.max(...messages.map(({ blocks }) => blocks.length))).toBeGreaterThan(40);
  });

  it('of 20,000 alerts are written within 3 s', () => {
    const ids = numbers(20_000).map(numbered);
    const evaluation = listed(ids.map((id) => aDiagnosis({ id })));
    const notifications = ids.map((id) => named('new', id));
    const before = process.cpuUsage();
    const messages = slackMessages(aDigest({ notifications }, { evaluation }));
    expect(processorMsSince(before)).toBeLessThan(3000);
    expect(messages).toHaveLength(3);
  });

  // A listing may be of 64 MB: some 140,000 records.
  it('of 140,000 alerts in one item, as many as a listing can hold, cover them all', () => {
    const neutral = numbers(140_000).map((index) => paused(numbered(index)));
    const digest = aDigest({ neutral }, { initialRun: true });
    expect(coversOf(slackMessages(digest))).toHaveLength(140_000);
  });

  it('of a reminder alone are one, which counts what finds no room', () => {
    expect(slackMessages(longLines()).length).toBeGreaterThan(1);
    const digest = { ...longLines(), isReminder: true } as const;
    const messages = slackMessages(digest);
    expect(messages).toHaveLength(1);
    expectValid(messages);
    expectAllCovered(messages, digest);
    expect(countsLeftOut(messages)).toEqual([
      String(coversOf(messages).filter(({ listed }) => !listed).length),
    ]);
    const evaluation = UNAVAILABLE;
    expect(aDigest({ reminder: [aReminder()] }, { evaluation }).isReminder).toBe(true);
    expect(
      aDigest({ reminder: [aReminder()], notifications: [named('new', 'x')] }).isReminder,
    ).toBeUndefined();
  });

  it('of a reminder alone are valid and cover every alert', () => {
    const reminder = numbers(400).map((index) => aReminder(`sync:${numbered(index)}`));
    const digest = aDigest({ reminder });
    const messages = slackMessages(digest);
    expectValid(messages);
    expectAllCovered(messages, digest);
  });
});

describe('several messages', () => {
  const messages = slackMessages(alertsAtOnce(300));

  it('are numbered on the lock screen', () =>
    expect(messages.map(({ text }) => text.match(/\(\d of \d\)/)?.[0])).toEqual([
      '(1 of 3)',
      '(2 of 3)',
      '(3 of 3)',
    ]));

  it('begin with the headline once, then with the section that continues, and end with the context once', () => {
    const texts = messages.map(textsOf);
    expect(texts.map(([first]) => first)).toEqual([
      '300 syncs need attention (30 critical)',
      '*Needs attention, continued*',
      '*Needs attention, continued*',
    ]);
    expect(texts.map((lines) => lines.filter((line) => line.includes('syncs checked')).length)).toEqual([
      0, 0, 1,
    ]);
  });

  it('do not say "continued" of a section that begins with the message', () => {
    for (const count of numbers(40)) {
      const notifications = [
        ...numbers(count + 10).map((index) => named('new', numbered(index))),
        ...resolutions(5),
      ];
      const titles = slackMessages(aDigest({ notifications }, { evaluation: UNAVAILABLE }))
        .flatMap(textsOf)
        .filter((text) => text.startsWith('*Resolved'));
      expect(titles[0]).toBe('*Resolved*');
    }
  });
});

describe('the alerts that find no room', () => {
  it('are covered, as not listed, by the last message, which counts them', () => {
    const messages = slackMessages(alertsAtOnce(1000));
    expect(messages.map(({ covers }) => covers.some(({ listed }) => !listed))).toEqual([false, false, true]);
  });

  it('are counted above the context, with the command that shows them', () => {
    const messages = slackMessages(alertsAtOnce(300));
    expect(messages).toHaveLength(3);
    const last = messages.map(textsOf).at(-1) ?? [];
    expect(last.at(-2)).toMatch(/^… and \d+ more: `npm start -- --json` shows them$/);
    expect(last.at(-1)).toMatch(/^300 syncs checked · 300 open/);
  });

  it('are counted with the whole command, however long', () => {
    const moreHint = `aws lambda invoke --function-name ${'x'.repeat(200)}`;
    const [last] = slackMessages({ ...alertsAtOnce(300), moreHint }).slice(-1);
    expect(last && textsOf(last).at(-2)).toContain(`\`${moreHint}\` shows them`);
  });

  it('are counted one by one, also those that one line of the digest had counted', () => {
    const notifications = [
      ...numbers(300).map((index) => named('new', numbered(index))),
      ...resolutions(500),
    ];
    const messages = slackMessages(aDigest({ notifications }, { evaluation: UNAVAILABLE }));
    const listed = coversOf(messages).filter((coverage) => coverage.listed).length;
    expect(countsLeftOut(messages)).toEqual([String(800 - listed)]);
  });
});

describe('the end of a reminder', () => {
  const endsOf = (digest: Digest) => slackMessages(digest).map(({ endsReminder }) => endsReminder);

  it('is the last message of a digest that satisfies it', () => {
    expect(endsOf({ ...alertsAtOnce(300), satisfiesReminder: true })).toEqual([false, false, true]);
  });

  it('is the last message that lists an alert of it', () => {
    const reminder = [aReminder('sync:old')];
    const notifications = numbers(25).map((index) => named('new', numbered(index)));
    const messages = slackMessages(aDigest({ notifications, reminder }));
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.map(({ endsReminder }) => endsReminder)).toEqual(
      messages.map(({ covers }) => covers.some(({ reason }) => reason === 'reminder')),
    );
    expect(messages.filter(({ endsReminder }) => endsReminder)).toHaveLength(1);
  });

  it('is in no message of a digest without a reminder', () => {
    expect(endsOf(alertsAtOnce(300))).toEqual([false, false, false]);
  });
});
