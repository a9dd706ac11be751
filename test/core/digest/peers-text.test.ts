import { openLine } from '../../../lambda/core/digest/alert-lines.ts';
import { openCauseLines } from '../../../lambda/core/digest/cause-lines.ts';
import type { SharedCause } from '../../../lambda/core/notify/notification.ts';
import { aCause, itemText, listed, NOW, named } from '../a-digest.ts';

/** The parts about other syncs in the line of a cause with three open alerts. */
function peersOf(cause: Partial<SharedCause>): readonly string[] {
  const evaluation = listed([]);
  const alerts = ['s1', 's2', 's3'].map((name) => named('new', name, { since: NOW }));
  const [head] = openCauseLines(
    { cause: aCause(cause), alerts },
    { reasonOf: ({ reason }) => reason, line: (one) => openLine(one, one.reason, evaluation), evaluation },
  );
  if (head === undefined) throw new Error('there is no line');
  return itemText(head).detail.filter((part) => part.includes('succeeded') || part.includes('other'));
}

describe('the line of a cause shows which other syncs succeeded since', () => {
  const none = (listed: number) => ({ listed, succeeded: 0 });

  it.each<readonly [string, Partial<SharedCause>, readonly string[]]>([
    [
      'the only other one of it',
      { own: { listed: 4, succeeded: 1 } },
      ['the other one of this connection succeeded since'],
    ],
    [
      'all others of it',
      { own: { listed: 15, succeeded: 12 } },
      ['the other 12 of this connection succeeded since'],
    ],
    [
      'some others of it',
      { own: { listed: 15, succeeded: 8 } },
      ['8 of the other 12 of this connection succeeded since'],
    ],
    [
      'one of 1,200 others of it',
      { own: { listed: 1203, succeeded: 1 } },
      ['1 of the other 1,200 of this connection succeeded since'],
    ],
    [
      'some of its connector, when the connection has no others',
      { own: none(3), beyond: { listed: 8, succeeded: 7, where: 'connector' } },
      ['7 of the other 8 syncs of this connector succeeded since'],
    ],
    [
      'all others of its connector',
      { own: none(3), beyond: { listed: 8, succeeded: 8, where: 'connector' } },
      ['the other 8 syncs of this connector succeeded since'],
    ],
    [
      'the only other one of its connector',
      { own: none(3), beyond: { listed: 1, succeeded: 1, where: 'connector' } },
      ['the other sync of this connector succeeded since'],
    ],
    [
      'some of all others, when its connector has none',
      { own: none(3), beyond: { listed: 180, succeeded: 60, where: 'all' } },
      ['60 of the other 180 syncs succeeded since'],
    ],
    [
      'the only other one of all',
      { own: none(3), beyond: { listed: 1, succeeded: 1, where: 'all' } },
      ['the other sync succeeded since'],
    ],
    [
      'none of it, and all others of its connector',
      { own: none(5), beyond: { listed: 4, succeeded: 4, where: 'connector' } },
      [
        'no other of this connection has succeeded since; the other 4 syncs of this connector succeeded since',
      ],
    ],
    [
      'none of its connector',
      { own: none(5), beyond: { listed: 4, succeeded: 0, where: 'connector' } },
      ['no other sync of this connector has succeeded since'],
    ],
    [
      'none at all',
      { own: none(3), beyond: { listed: 4, succeeded: 0, where: 'all' } },
      ['no other sync has succeeded since'],
    ],
    [
      'none of it, and there are no others beyond',
      { own: none(5), beyond: { listed: 0, succeeded: 0, where: 'all' } },
      ['no other of this connection has succeeded since'],
    ],
    [
      'nothing when there are no others',
      { own: none(3), beyond: { listed: 0, succeeded: 0, where: 'all' } },
      [],
    ],
    ['nothing while the listing fails', {}, []],
    // One of the three syncs is healthy, and its flapping alert is held open.
    ['nothing of a healthy sync whose alert is open', { own: { listed: 3, succeeded: 1 } }, []],
  ])('%s', (_which, cause, text) => expect(peersOf(cause)).toEqual(text));

  it.each([
    ['connector', 'the other 2 of this connector succeeded since'],
    ['knowledge base', 'the other 2 of this knowledge base succeeded since'],
  ] as const)('by the kind of the cause: %s', (kind, text) =>
    expect(peersOf({ kind, own: { listed: 5, succeeded: 2 } })).toEqual([text]),
  );
});
