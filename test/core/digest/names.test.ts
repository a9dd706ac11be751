import {
  coverageOf,
  displayName,
  listOf,
  markOf,
  nameOf,
  namesOf,
  placeOf,
} from '../../../lambda/core/digest/names.ts';
import { aCause, anAlert, aReminder, labelsOf, lineText } from '../a-digest.ts';

describe('the name of a sync', () => {
  it.each([
    ['its name', labelsOf('orders'), 'orders'],
    ['its source when it has no name', labelsOf(null), 'public.orders'],
    ['its source when its name is empty', labelsOf(''), 'public.orders'],
    ['its source when nothing of its name would be seen', labelsOf(' \u200b\n'), 'public.orders'],
    ['its source when its name is a filler', labelsOf('\u3164'), 'public.orders'],
    ['its source when its name is a blank of Braille', labelsOf('\u2800'), 'public.orders'],
    ['its source when its name is a soft hyphen', labelsOf('\u00ad'), 'public.orders'],
    ['null when it has neither', labelsOf(null, { source: null }), null],
    ['null when nothing is known of it', null, null],
  ])('is %s', (_what, labels, name) => expect(displayName(labels)).toBe(name));

  it('is text from outside', () => {
    expect(nameOf(aReminder('sync:s-1'))).toEqual({ kind: 'untrusted', text: 'orders' });
  });

  it('is the id when it has neither name nor source', () => {
    expect(nameOf(aReminder('sync:s-1', anAlert({ labels: null })))).toEqual({
      kind: 'untrusted',
      text: 's-1',
    });
  });
});

describe('the names of several syncs', () => {
  const alerts = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      aReminder(`sync:${index}`, anAlert({ labels: labelsOf(`s${index + 1}`) })),
    );

  const ten = '`s1`, `s2`, `s3`, `s4`, `s5`, `s6`, `s7`, `s8`, `s9`, `s10`';

  it.each([
    [0, ''],
    [1, '`s1`'],
    [3, '`s1`, `s2`, `s3`'],
    [10, ten],
    [11, `${ten} and 1 more`],
    [1210, `${ten} and 1,200 more`],
  ])('are the first ten and a count of the rest: %d', (count, text) =>
    expect(lineText(namesOf(alerts(count)))).toBe(text),
  );

  it('can be any lines', () => {
    const lines = ['a', 'b', 'c'].map((text) => [{ kind: 'words', text } as const]);
    expect(lineText(listOf(lines, 2))).toBe('a, b and 1 more');
  });
});

describe('where a sync belongs', () => {
  it.each([
    [
      'its connection, connector, knowledge base and table',
      labelsOf('orders'),
      'connection `pg-main`, connector `postgres` → `kb_sales / orders`',
    ],
    [
      'without its connection',
      labelsOf('orders', { connectionRef: null }),
      'connector `postgres` → `kb_sales / orders`',
    ],
    [
      'without its connector',
      labelsOf('orders', { connectorId: null }),
      'connection `pg-main` → `kb_sales / orders`',
    ],
    [
      'without its knowledge base',
      labelsOf('orders', { kbUid: null }),
      'connection `pg-main`, connector `postgres` → `orders`',
    ],
    [
      'without its table',
      labelsOf('orders', { destTable: null }),
      'connection `pg-main`, connector `postgres` → `kb_sales`',
    ],
    [
      'without any destination',
      labelsOf('orders', { kbUid: null, destTable: null }),
      'connection `pg-main`, connector `postgres`',
    ],
    ['nothing when nothing is known of the sync', null, ''],
  ])('is %s', (_what, labels, text) => expect(lineText(placeOf(anAlert({ labels })))).toBe(text));
});

describe('what a message covers of an alert', () => {
  it('is its fingerprint, the reason, and whether it is listed', () => {
    expect(coverageOf(aReminder('sync:a'), 'reminder', false)).toEqual({
      fingerprint: 'sync:a',
      reason: 'reminder',
      listed: false,
    });
  });

  it('has the key and the severity of the shared cause', () => {
    const cause = aCause({ severity: 'critical' });
    expect(coverageOf({ ...aReminder('sync:a'), cause }, 'new', true)).toMatchObject({
      listed: true,
      cause: { key: 'connection:8:postgres:pg-main', severity: 'critical' },
    });
    expect(markOf(cause)).toEqual({ key: 'connection:8:postgres:pg-main', severity: 'critical' });
  });

  it('lacks a cause that only folds lines', () => {
    const one = { ...aReminder('sync:a'), cause: aCause({ isGrouping: false }) };
    expect(coverageOf(one, 'new', true)).not.toHaveProperty('cause');
  });
});
