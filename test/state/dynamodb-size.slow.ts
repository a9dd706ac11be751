import type { Alert } from '../../lambda/core/alert.ts';
import { INITIAL_STATE, type NotificationLogEntry, type WatchState } from '../../lambda/core/state.ts';
import {
  aDestination,
  aFacts,
  ago,
  aLogEntry,
  anAlert,
  anEndedAlert,
  aRoute,
  destinationIn,
} from '../core/a-sync.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { ADynamoDb } from './a-dynamodb.ts';
import { aStore, KB } from './a-dynamodb-store.ts';

const BOUND = 3584 * KB;
const REDUCED = 'the state is larger than 3.5 MB compressed, and was saved without';

let table: ADynamoDb;

beforeEach(async () => {
  table = await ADynamoDb.start();
});
afterEach(closeLocalServers);

/** A large organisation: random ids and names, which hardly compress. `ended` of 10 alerts are over and sent. */
function aLargeState(alerts: number, ended: number): WatchState {
  let seed = 7;
  const word = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed.toString(36);
  };
  const entries = Array.from({ length: alerts }, (_, index) => {
    const labels = { ...LABELS, name: word() + word(), source: `public.${word()}`, destTable: word() };
    const since = ago(Math.round(seed / 1000));
    const isEnded = index % 10 < ended;
    const alert: Alert = isEnded ? anEndedAlert({ labels, since }) : anAlert({ labels, since });
    const logEntry: NotificationLogEntry = isEnded
      ? aLogEntry({ resolutionSent: true })
      : { undeliveredSince: since };
    return [`sync:${word()}${word()}${word()}${word()}`, alert, logEntry] as const;
  });
  const facts = aFacts(Object.fromEntries(entries.map(([id, alert]) => [id, alert])));
  const log = Object.fromEntries(entries.map(([id, , logEntry]) => [id, logEntry]));
  return { ...INITIAL_STATE, facts, routes: { default: aRoute(aDestination(log)) } };
}

const LABELS = {
  name: null,
  connectorId: 'postgres',
  connectionRef: 'pg-1',
  sourceKind: 'postgres',
  source: null,
  kbUid: 'kb',
  destTable: null,
  intervalSeconds: 900,
};

function storedBytes(): number {
  return [...table.items.values()].reduce(
    (sum, { bytes }) => sum + Buffer.from(bytes?.B ?? '', 'base64').length,
    0,
  );
}

/** Compares as text: of so many alerts, `toEqual` takes seconds. */
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

const openIn = ({ facts }: WatchState) =>
  Object.entries(facts.alerts).filter(([, { state }]) => state === 'firing');

const undeliveredIn = (state: WatchState) =>
  Object.entries(destinationIn(state).notificationLog).filter(
    ([, { undeliveredSince }]) => undeliveredSince !== undefined,
  );

it.each([
  [40_000, undefined],
  [50_000, `${REDUCED} the names in the roster, the labels of ended alerts`],
])(
  'a state of %d random alerts stays below 3.5 MB with everything that is left to send',
  async (alerts, reduced) => {
    const state = aLargeState(alerts, 6);
    const store = aStore(table, { seconds: 60 });
    await store.save(state, 0);
    expect(storedBytes()).toBeLessThanOrEqual(BOUND);
    expect(store.reduced()).toBe(reduced);
    await store.save(state, 1);
    expect(store.reduced()).toBe(reduced);
    const loaded = await store.load();
    expect(loaded).toEqual(await aStore(table, { seconds: 60 }).load());
    expect(store.reduced()).toBeUndefined();
    expect(openIn(loaded.state)).toEqual(openIn(state));
    expect(undeliveredIn(loaded.state)).toEqual(undeliveredIn(state));
  },
);

it('a state that has only what is left to send is written beyond 3.5 MB, as long as one transaction takes it', async () => {
  const state = aLargeState(49_000, 0);
  const store = aStore(table, { seconds: 60 });
  await store.save(state, 0);
  expect(storedBytes()).toBeGreaterThan(BOUND);
  expect(isSame((await store.load()).state, state)).toBe(true);
});
