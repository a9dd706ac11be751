import { openCauseLines } from '../../../lambda/core/digest/cause-lines.ts';
import type { SharedCause } from '../../../lambda/core/notify/notification.ts';
import { aCause, itemText, listed, NOW, named } from '../a-digest.ts';

/** The parts about other syncs in the line of a cause with three open alerts. */
function peersOf(cause: Partial<SharedCause>): readonly string[] {
  const alerts = ['s1', 's2', 's3'].map((name) => named('new', name, { since: NOW }));
  const [head] = openCauseLines({ cause: aCause(cause), alerts }, ({ reason }) => reason, listed([]));
  if (head === undefined) throw new Error('there is no line');
  return itemText(head).detail.filter((part) => part.includes('succeeded') || part.includes('other'));
}

describe('the line of a cause shows which other syncs succeeded since', () => {
  it.each<readonly [string, Partial<SharedCause>, readonly string[]]>([
    [
      'the only other one of it',
      { listed: 4, succeeded: 1 },
      ['the other one of this connection succeeded since'],
    ],
    ['all others of it', { listed: 15, succeeded: 12 }, ['the other 12 of this connection succeeded since']],
    [
      'some others of it',
      { listed: 15, succeeded: 8 },
      ['8 of the other 12 of this connection succeeded since'],
    ],
    [
      'one of 1,200 others of it',
      { listed: 1203, succeeded: 1 },
      ['1 of the other 1,200 of this connection succeeded since'],
    ],
    [
      'some of its connector, when the connection has no others',
      { listed: 3, beyond: { listed: 8, succeeded: 7 } },
      ['7 of the 8 syncs on other connections of connector `postgres` have succeeded since'],
    ],
    [
      'all others of its connector, when none of the connection succeeded',
      { listed: 5, beyond: { listed: 8, succeeded: 8 } },
      ['all 8 syncs on other connections of connector `postgres` have succeeded since'],
    ],
    [
      'both others of its connector',
      { listed: 5, beyond: { listed: 2, succeeded: 2 } },
      ['both syncs on other connections of connector `postgres` have succeeded since'],
    ],
    [
      'the only other one of its connector',
      { listed: 3, beyond: { listed: 1, succeeded: 1 } },
      ['the one sync on another connection of connector `postgres` has succeeded since'],
    ],
    [
      'its own before those of its connector',
      { listed: 5, succeeded: 1, beyond: { listed: 8, succeeded: 8 } },
      ['1 of the other 2 of this connection succeeded since'],
    ],
    [
      'not the only other one of its connector',
      { listed: 5, beyond: { listed: 1, succeeded: 0 } },
      ['the one sync on another connection of connector `postgres` has not succeeded since'],
    ],
    [
      'one of several of its connector',
      { listed: 5, beyond: { listed: 4, succeeded: 1 } },
      ['1 of the 4 syncs on other connections of connector `postgres` has succeeded since'],
    ],
    [
      'none of its connector',
      { listed: 5, beyond: { listed: 4, succeeded: 0 } },
      ['none of the 4 syncs on other connections of connector `postgres` has succeeded since'],
    ],
    [
      'none of it, and there are no others beyond',
      { listed: 5, beyond: { listed: 0, succeeded: 0 } },
      ['none of the other 2 has succeeded since'],
    ],
    ['not the only other one of it', { listed: 4 }, ['the other one has not succeeded since']],
    ['nothing when there are no others', { listed: 3, beyond: { listed: 0, succeeded: 0 } }, []],
    ['nothing while the listing fails', {}, []],
    // One of the three syncs is healthy, and its flapping alert is held open.
    ['nothing of a healthy sync whose alert is open', { listed: 3, succeeded: 1 }, []],
  ])('%s', (_which, cause, text) => expect(peersOf(cause)).toEqual(text));

  it.each([
    ['connector', 'the other 2 of this connector succeeded since'],
    ['knowledge base', 'the other 2 of this knowledge base succeeded since'],
    ['organisation', 'the other 2 succeeded since'],
  ] as const)('by the kind of the cause: %s', (kind, text) =>
    expect(peersOf({ kind, listed: 5, succeeded: 2 })).toEqual([text]),
  );
});
