import {
  causeLookup,
  causesOf,
  connectionKey,
  ORGANISATION,
  SPECIFICITY,
} from '../../../lambda/core/notify/cause.ts';
import { LABELS } from '../a-sync.ts';

describe('the causes that a sync shares', () => {
  const connection = { key: 'connection:8:postgres:pg-main', kind: 'connection', name: 'pg-main' };
  const connector = { key: 'connector:postgres', kind: 'connector', name: 'postgres' };
  const kb = { key: 'kb:kb_sales', kind: 'knowledge base', name: 'kb_sales' };

  it.each([
    [
      'its connection, its connector, its knowledge base and the organisation',
      LABELS,
      [connection, connector, kb, ORGANISATION],
    ],
    ['no connection when that is unknown', { ...LABELS, connectionRef: null }, [connector, kb, ORGANISATION]],
    ['no connection when its connector is unknown', { ...LABELS, connectorId: null }, [kb, ORGANISATION]],
    [
      'no knowledge base when that is unknown',
      { ...LABELS, connectionRef: null, kbUid: null },
      [connector, ORGANISATION],
    ],
    [
      'the organisation alone when nothing else is known',
      { ...LABELS, connectorId: null, connectionRef: null, kbUid: null },
      [ORGANISATION],
    ],
    ['none for an alert that belongs to no sync', null, []],
  ])('are %s', (_, labels, causes) => {
    expect(causesOf(labels)).toEqual(causes);
  });

  it('have different keys for connections of one name and different connectors', () => {
    const keyOf = (connectorId: string, connectionRef: string) =>
      causesOf({ ...LABELS, connectorId, connectionRef })[0]?.key;
    expect(keyOf('postgres', 'main')).not.toBe(keyOf('mysql', 'main'));
    expect(keyOf('a:b', 'c')).not.toBe(keyOf('a', 'b:c'));
  });
});

describe('the causes that are looked up', () => {
  const labels = [
    LABELS,
    { ...LABELS, connectorId: null },
    { ...LABELS, connectionRef: null },
    { ...LABELS, kbUid: null },
    { ...LABELS, kbUid: 'null' },
    { ...LABELS, connectorId: null, connectionRef: null, kbUid: null },
  ];

  it('are those of the sync', () => {
    const lookUp = causeLookup();
    for (const one of [...labels, ...labels]) {
      const { causes, connectionKey: key } = lookUp(one);
      expect({ causes, key }).toEqual({ causes: causesOf(one), key: connectionKey(one) });
    }
  });

  it('are the same for another sync of the connection and the knowledge base', () => {
    const lookUp = causeLookup();
    expect(lookUp({ ...LABELS, name: 'another' })).toBe(lookUp(LABELS));
  });
});

it('a connection is the most specific cause, then a connector, a knowledge base and the organisation', () => {
  expect(SPECIFICITY.connection).toBeLessThan(SPECIFICITY.connector);
  expect(SPECIFICITY.connector).toBeLessThan(SPECIFICITY['knowledge base']);
  expect(SPECIFICITY['knowledge base']).toBeLessThan(SPECIFICITY.organisation);
});
