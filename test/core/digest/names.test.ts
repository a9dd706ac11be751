import {
  coverageOf,
  destinationOf,
  displayName,
  nameOf,
  namesOf,
} from '../../../lambda/core/digest/names.ts';
import { aCause, anAlert, aReminder, labelsOf, lineText } from '../a-digest.ts';

describe('the name of a sync', () => {
  it.each([
    ['its name', labelsOf('orders'), 'orders'],
    ['its source when it has no name', labelsOf(null), 'public.orders'],
    ['its source when its name is empty', labelsOf(''), 'public.orders'],
    ['its source when nothing of its name would be seen', labelsOf(' \u200b\n'), 'public.orders'],
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

  it.each([
    [0, ''],
    [1, '`s1`'],
    [3, '`s1`, `s2`, `s3`'],
    [4, '`s1`, `s2`, `s3` and 1 more'],
    [1203, '`s1`, `s2`, `s3` and 1,200 more'],
  ])('are the first three and a count of the rest: %d', (count, text) =>
    expect(lineText(namesOf(alerts(count), 3))).toBe(text),
  );
});

describe('the destination of a sync', () => {
  it.each([
    ['id, knowledge base and table', labelsOf('orders'), '`s-1` → `kb_sales / orders`'],
    ['id and table', labelsOf('orders', { kbUid: null }), '`s-1` → `orders`'],
    ['id and knowledge base', labelsOf('orders', { destTable: null }), '`s-1` → `kb_sales`'],
    ['the id alone', labelsOf('orders', { kbUid: null, destTable: null }), '`s-1`'],
    ['nothing when nothing is known of the sync', null, ''],
  ])('is %s', (_what, labels, text) =>
    expect(lineText(destinationOf('sync:s-1', anAlert({ labels })))).toBe(text),
  );
});

describe('what a message covers of an alert', () => {
  it('is its fingerprint, the reason, and whether it is listed', () => {
    expect(coverageOf(aReminder('sync:a'), 'reminder', false)).toEqual({
      fingerprint: 'sync:a',
      reason: 'reminder',
      listed: false,
    });
  });

  it('has the key of the shared cause', () => {
    const one = { ...aReminder('sync:a'), cause: aCause() };
    expect(coverageOf(one, 'new', true)).toMatchObject({
      listed: true,
      cause: 'connection:8:postgres:pg-main',
    });
  });
});
