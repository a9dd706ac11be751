import type { Item } from '../../../lambda/core/digest/digest.ts';
import {
  neutralLines,
  nothingListedLine,
  pausedReminderLine,
} from '../../../lambda/core/digest/neutral-lines.ts';
import type { NeutralChange } from '../../../lambda/core/notify/notification.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aChange,
  ago,
  aLastNotified,
  anEndedAlert,
  DAY,
  itemText,
  labelsOf,
  lineText,
  many,
  ORIGIN,
  paused,
} from '../a-digest.ts';

const titles = (changes: readonly NeutralChange[], isWarning = false) =>
  neutralLines(changes, isWarning).map(({ title }) => lineText(title));

/** The only line about these changes. */
function lineOf(changes: readonly NeutralChange[], isWarning = false): Item {
  const [line, ...others] = neutralLines(changes, isWarning);
  if (line === undefined || others.length > 0) throw new Error(`expected one line, got ${others.length + 1}`);
  return line;
}

/** The same change of a sync whose alert, which was sent and open for 50 minutes, ends by it. */
function withAlert(change: NeutralChange, labels: Parameters<typeof labelsOf>[1] = {}): NeutralChange {
  const { fingerprint, kind, condition } = change;
  const how = kind === 'paused' ? 'paused' : 'unlisted';
  const alert = anEndedAlert(
    { how, at: ago(5 * MINUTE) },
    { since: ago(55 * MINUTE), labels: labelsOf(condition.name, labels) },
  );
  return { ...change, alert: { fingerprint, alert, logEntry: { lastNotified: aLastNotified() } } };
}

const failedWhilePaused = (name: string) => withAlert(paused(name));

describe('the line about syncs that changed', () => {
  it.each([
    ['paused', '1 sync was paused', '2 syncs were paused'],
    ['resumed', '1 sync was resumed', '2 syncs were resumed'],
    ['recreated', '1 sync was re-created with a new id', '2 syncs were re-created with new ids'],
    ['listed_again', '1 sync is listed again', '2 syncs are listed again'],
  ] as const)('is one note that counts and names them: %s', (kind, one, two) => {
    const [a, b] = [aChange(kind, 'a'), aChange(kind, 'b')];
    expect(titles([a])).toEqual([`*${one}*: \`a\``]);
    expect(titles([a, b])).toEqual([`*${two}*: \`a\`, \`b\``]);
    expect(lineOf([a, b])).toMatchObject({ level: 'note', detail: [] });
  });

  it('names ten of 45 syncs', () => {
    const ten = many(10, (name) => `\`${name}\``).join(', ');
    expect(titles(many(45, paused))).toEqual([`*45 syncs were paused*: ${ten} and 35 more`]);
  });

  it('covers the condition of each, the first ten as listed', () => {
    expect(lineOf(many(12, paused)).covers).toEqual(
      many(12, (name, index) => ({ fingerprint: `sync:${name}`, reason: 'condition', listed: index < 10 })),
    );
  });

  it('has the id of a sync without a name', () => {
    expect(titles([aChange('resumed', 's-1', { name: '' })])).toEqual(['*1 sync was resumed*: `s-1`']);
  });

  it('is one for each kind of change, in one order', () => {
    const kinds = ['listed_again', 'recreated', 'unlisted', 'resumed', 'paused'] as const;
    const changes = [
      ...kinds.map((kind) => aChange(kind, kind)),
      aChange('paused', 'unsaid', { by: 'unknown' }),
      failedWhilePaused('failing'),
    ];
    const expected = [
      'paused while failing',
      'paused*: `paused`',
      'the API does not say by whom',
      'resumed',
      'no longer listed',
      're-created',
      'listed again',
    ];
    for (const order of [changes, changes.toReversed()]) {
      const lines = titles(order);
      expect(lines).toHaveLength(expected.length);
      for (const [index, text] of expected.entries()) expect(lines[index]).toContain(text);
    }
  });

  it('does not exist without a change', () => expect(titles([])).toEqual([]));
});

describe('the line about paused syncs', () => {
  it('does not say "paused" where the API does not say by whom', () => {
    const changes = ['a', 'b'].map((name) => aChange('paused', name, { by: 'unknown' }));
    expect(titles(changes)).toEqual(['*2 syncs disabled; the API does not say by whom*: `a`, `b`']);
  });

  it('is another where their alerts end by it, under the cause that they share', () => {
    expect(titles(many(2, failedWhilePaused))).toEqual([
      'connection `pg-main`: *2 syncs were paused while failing*: `sync-01`, `sync-02`',
    ]);
  });

  it('is under the connector of syncs with different connections', () => {
    const changes = ['a', 'b'].map((name) => withAlert(paused(name), { connectionRef: name }));
    expect(titles(changes)).toEqual(['connector `postgres`: *2 syncs were paused while failing*: `a`, `b`']);
  });

  it('names no cause of a single sync, or of syncs that share nothing but the organisation', () => {
    expect(titles([failedWhilePaused('a')])).toEqual(['*1 sync was paused while failing*: `a`']);
    const changes = ['a', 'b'].map((name) =>
      withAlert(paused(name), { connectionRef: name, connectorId: name, kbUid: name }),
    );
    expect(titles(changes)).toEqual(['*2 syncs were paused while failing*: `a`, `b`']);
  });

  it('covers the condition and the resolution of the alert that ends by it', () => {
    expect(lineOf([failedWhilePaused('a')]).covers).toEqual([
      { fingerprint: 'sync:a', reason: 'condition', listed: true },
      { fingerprint: 'sync:a', reason: 'resolved', listed: true },
    ]);
  });
});

describe('the line about syncs that are no longer listed', () => {
  const unlisted = (name: string, was = 'was healthy') => aChange('unlisted', name, { was });

  it('says once of all that they were healthy, and what that can mean', () => {
    expect(itemText(lineOf([unlisted('a')]))).toEqual({
      title: '*1 sync is no longer listed*, it was healthy: `a`',
      detail: ['Nobody watches it any more. Deleted on purpose? If not, check what the API key may see.'],
    });
    expect(titles(['a', 'b', 'c'].map((name) => unlisted(name)))).toEqual([
      '*3 syncs are no longer listed*, all were healthy: `a`, `b`, `c`',
    ]);
  });

  it('names each with its last state where one was not healthy', () => {
    expect(titles([unlisted('a'), unlisted('b', 'was paused')])).toEqual([
      '*2 syncs are no longer listed*: `a` (was healthy), `b` (was paused)',
    ]);
  });

  it('says for how long the alert was open that ends by it, and covers its resolution', () => {
    const line = lineOf([withAlert(unlisted('a', 'was failing'))]);
    expect(lineText(line.title)).toBe('*1 sync is no longer listed*: `a` (was failing for 50 m)');
    expect(line.covers.map(({ reason }) => reason)).toEqual(['condition', 'resolved']);
  });

  it.each([
    [true, 'warning'],
    [false, 'note'],
  ] as const)('is a warning where they are many: %p', (isMany, level) => {
    expect(lineOf([unlisted('a')], isMany).level).toBe(level);
    expect(lineOf([paused('a')], isMany).level).toBe('note');
  });
});

describe('the paused syncs in a reminder', () => {
  it.each([
    [1, '1 sync still paused: `sync-01`'],
    [2, '2 syncs still paused: `sync-01`, `sync-02`'],
  ])('are one line: %d', (count, title) => {
    const [line, ...others] = pausedReminderLine(
      many(count, (name) => aChange('paused', name, { since: ago(7 * DAY + HOUR) })),
    );
    expect(others).toEqual([]);
    expect(line && lineText(line.title)).toBe(title);
    expect(line).toMatchObject({ level: 'note', detail: [] });
    expect(line?.covers).toHaveLength(count);
  });

  it('are no line when there are none', () => expect(pausedReminderLine([])).toEqual([]));
});

describe('the line about an initial run without any sync', () => {
  it('names the organisation, and asks to check the key', () => {
    expect(itemText(nothingListedLine(ORIGIN))).toEqual({
      title: '*No syncs are visible*: organisation `acme` lists none',
      detail: ['Check that the API key belongs to this organisation. This is sent once.'],
    });
  });

  it('names the connector filter if there is one', () => {
    expect(itemText(nothingListedLine({ ...ORIGIN, connectorId: 'hubspott' }))).toEqual({
      title: '*No syncs are visible*: organisation `acme` lists none (connector filter: `hubspott`)',
      detail: [
        'Check the connector id, and that the API key belongs to this organisation. This is sent once.',
      ],
    });
  });

  it('is a warning that is recorded as sent', () => {
    const { level, covers } = nothingListedLine(ORIGIN);
    expect(level).toBe('warning');
    expect(covers).toEqual([{ fingerprint: 'listing', reason: 'nothing_listed', listed: true }]);
  });
});
