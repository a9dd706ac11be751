import { inspect } from 'node:util';
import fc from 'fast-check';
import { check } from '../../lambda/commands/check.ts';
import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { decode, encode } from '../../lambda/state/document.ts';
import { StateError } from '../../lambda/state/errors.ts';
import { aFailingRecord, aRecord, settings, World } from '../commands/a-world.ts';
import { type PostResultKind, runSteps, stepsWith } from '../core/a-history.ts';
import { destinationIn } from '../core/a-sync.ts';
import { aDocument, added, at, isObjectAt, type Json, type Path, pathsIn, replaced } from './a-document.ts';
import { A_FULL_STATE, anyState } from './a-state.ts';

const LABEL = 'the state of this test';
const DOCUMENT = aDocument();
/** Objects whose keys are ids, not fields. */
const DICTIONARIES = [
  'alerts',
  'histories',
  'syncs',
  'conditions',
  'unseen',
  'routes',
  'destinations',
  'notificationLog',
  'causes',
];
const DESTINATION = ['routes', 'default', 'destinations', '0123456789ab'];

const textOf = (path: Path) => path.join('.');
const casesOf = (paths: readonly Path[]) => paths.map((path) => [textOf(path), path] as const);
const isEntry = (path: Path) => DICTIONARIES.includes(String(path.at(-2)));
const FIELDS = pathsIn(DOCUMENT).filter(
  (path) => path.length > 0 && typeof path.at(-1) === 'string' && !isEntry(path),
);
/** Fields whose name is optional elsewhere, or required elsewhere. */
const REQUIRED_ALL_THE_SAME = [
  'facts.alerts.listing.resolution.by',
  'initialized',
  'routes.default.destinations.0123456789ab.notificationLog.sync:orders.muted.by',
];
const OPTIONAL_HERE = [
  'facts.roster.syncs.sync:orders.since',
  'routes.default.destinations.0123456789ab.conditions',
  'routes.default.destinations.0123456789ab.notificationLog.sync:orders.muted.id',
];

const OPTIONAL_FIELDS = new Set([
  'policyId',
  'initialized',
  'criticalBy',
  'disableImminent',
  'critical',
  'to',
  'absent',
  'flapping',
  'holds',
  'healthySince',
  'pendingRunAt',
  'resolution',
  'pendingAgain',
  'runAt',
  'failing',
  'disabled',
  'enabledSince',
  'briefFailures',
  'missingSince',
  'by',
  'was',
  'recreated',
  'relistedAt',
  'unseen',
  'emptySince',
  'nothingListed',
  'undeliveredSince',
  'heldSince',
  'muted',
  'digests',
  'lastNotified',
  'cause',
  'resolutionSent',
  'rerouted',
  'inFlight',
  'remindedAt',
  'pausedRemindedAt',
  'remindersInFlight',
  'backoffUntil',
  'unconfirmedInARow',
  'causes',
  'resolvedAt',
  'nothingListedSent',
  'lease',
]);
/** `shrinkage.to` is required, `critical.to` is not. */
const isOptional = (path: Path) =>
  (OPTIONAL_FIELDS.has(String(path.at(-1))) && !REQUIRED_ALL_THE_SAME.includes(textOf(path))) ||
  OPTIONAL_HERE.includes(textOf(path));
const OBJECTS = pathsIn(DOCUMENT).filter(
  (path) => isObjectAt(DOCUMENT, path) && !DICTIONARIES.includes(String(path.at(-1))),
);

function refusalOf(stored: unknown): StateError {
  try {
    decode(stored, LABEL);
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
  throw new Error('it was decoded');
}

describe('a document', () => {
  it('decodes to the state that was encoded', () => {
    fc.assert(
      fc.property(anyState(), fc.integer({ min: 1 }), (state, version) => {
        const stored: unknown = JSON.parse(JSON.stringify(encode(state, version)));
        expect(decode(stored, LABEL)).toEqual({ state, version });
      }),
    );
  });

  it('decodes to the state that was encoded after any history of checks', () => {
    fc.assert(
      fc.property(
        stepsWith(fc.constantFrom<PostResultKind>('accepted', 'refused', 'unconfirmed')),
        (steps) => {
          for (const { after } of runSteps(steps)) {
            const stored: unknown = JSON.parse(JSON.stringify(encode(after, 1)));
            expect(decode(stored, LABEL).state).toEqual(after);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has schema version 1 and the version of the write', () => {
    expect(encode(A_FULL_STATE, 3)).toMatchObject({ schemaVersion: 1, version: 3 });
    expect(decode(DOCUMENT, LABEL)).toEqual({ state: A_FULL_STATE, version: 3 });
  });

  it.each([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1])('may have a count of %d', (times) => {
    const path = [...DESTINATION, 'notificationLog', 'sync:orders', 'inFlight', 'times'];
    expect(at(DOCUMENT, path)).toBe(1);
    const { state } = decode(replaced(DOCUMENT, path, times), LABEL);
    expect(destinationIn(state).notificationLog['sync:orders']?.inFlight?.times).toBe(times);
  });
});

describe('a document of another program version', () => {
  it.each([
    ['this', 1],
    ['the next', 2],
  ])('is decoded when it has the schema version of %s version', (_which, schemaVersion) => {
    expect(decode({ ...DOCUMENT, schemaVersion }, LABEL).state).toEqual(A_FULL_STATE);
  });

  it.each([
    ['a valid one', { ...DOCUMENT, schemaVersion: 3 }],
    ['one of another shape', { schemaVersion: 99, version: 1, everything: 'else' }],
  ])('is refused with advice when its schema is later than the next: %s', (_which, stored) => {
    const error = refusalOf(stored);
    expect(error.code).toBe('state_newer');
    expect(error.message).toBe(
      `a newer program wrote the state of this test (schema ${stored.schemaVersion}, this one reads up to 2); update sync-alerts. The stored document was not changed`,
    );
  });

  it.each([0, -1, 1.5, '1', null, 1e300])('is refused when its schema version is %p', (schemaVersion) => {
    const error = refusalOf({ ...DOCUMENT, schemaVersion });
    expect(error.code).toBe('state_unreadable');
    expect(error.message).toContain('schemaVersion: expected');
  });

  it.each([0, -1, 1.5, '1', null, 2 ** 53])('is refused when its version is %p', (version) => {
    expect(refusalOf({ ...DOCUMENT, version }).message).toContain('version: expected');
  });

  it.each(casesOf(OBJECTS))('keeps and writes back a field that it added in "%s"', (_name, path) => {
    const stored = added({ ...DOCUMENT, schemaVersion: 2 }, path, 'addedLater', { because: ['of', 2] });
    const { state, version } = decode(stored, LABEL);
    const written: Json = JSON.parse(JSON.stringify(encode(state, version)));
    expect(written).toEqual(replaced(stored ?? null, ['schemaVersion'], 1));
    expect(at(written, [...path, 'addedLater'])).toEqual({ because: ['of', 2] });
  });

  it('keeps and writes back a field that it added in every object at once', () => {
    const stored = OBJECTS.reduce<Json>(
      (json, path) => added(json, path, 'addedLater', true) ?? null,
      DOCUMENT,
    );
    const { state } = decode(stored, LABEL);
    expect(JSON.parse(JSON.stringify(encode(state, 3)))).toEqual(stored);
  });
});

describe('decoding refuses', () => {
  it.each<readonly [string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an array', []],
    ['an array of documents', [DOCUMENT]],
    ['a text', 'state'],
    ['a number', 1],
    ['an empty object', {}],
    ['the document of another program', { name: 'sync-alerts', version: '0.1.0' }],
  ])('%s, with advice', (_name, stored) => {
    const error = refusalOf(stored);
    expect(error.code).toBe('state_unreadable');
    expect(error.message).toMatch(
      /^the state of this test is not a valid state: .+expected .+\. The stored document was not changed; restore a copy, or move it away to start with an empty state \(the next check then sends every open problem again\)$/,
    );
  });

  it('a document, naming at most 5 of its faults', () => {
    expect(refusalOf({}).message.match(/expected/g)).toHaveLength(5);
  });

  it.each(casesOf(FIELDS.filter((path) => !isOptional(path))))('a document without %s', (name, path) => {
    expect(refusalOf(replaced(DOCUMENT, path, undefined)).message).toContain(name);
  });

  it.each(casesOf(pathsIn(DOCUMENT).filter((path) => path.length > 0)))(
    'a document with another type at "%s", naming the path and not the value',
    (name, path) => {
      const isLeaf = pathsIn(at(DOCUMENT, path)).length === 1;
      for (const value of isLeaf ? [['s3cret'], { s3cret: 's3cret' }] : ['s3cret', 987654, null]) {
        if (value === null && path.at(-1) === 'labels') continue;
        const error = refusalOf(replaced(DOCUMENT, path, value));
        expect(error.message).toContain(name);
        expect(inspect(error)).not.toMatch(/s3cret|987654/);
      }
    },
  );

  it.each(['alerts', 'histories'])('a document with an array for its %s', (field) => {
    expect(refusalOf(replaced(DOCUMENT, ['facts', field], [])).message).toContain(
      `facts.${field}: expected a dictionary of objects`,
    );
  });

  it.each<Path>([['routes'], [...DESTINATION, 'notificationLog'], [...DESTINATION, 'causes']])(
    'a document with an array for its %s',
    (...path) => {
      expect(refusalOf(replaced(DOCUMENT, path, [])).message).toContain(
        `${textOf(path)}: expected a dictionary of objects`,
      );
    },
  );

  it.each<readonly [string, Path]>([
    ['a history', ['facts', 'histories', 'sync:orders']],
    ['a log entry', [...DESTINATION, 'notificationLog', 'sync:orders']],
    ['a cause', [...DESTINATION, 'causes', 'connector:postgres']],
  ])('a document with an array for %s', (_name, path) => {
    expect(refusalOf(replaced(DOCUMENT, path, [])).message).toContain(
      `${textOf(path.slice(0, -1))}: expected a dictionary of objects`,
    );
  });

  it.each([8.64e15 + 1, -8.64e15 - 1, 1e300])('a document with a time that no date can be: %p', (moment) => {
    const path = ['facts', 'alerts', 'sync:orders', 'since'];
    expect(refusalOf(replaced(DOCUMENT, path, moment)).message).toContain(textOf(path));
  });
});

describe('decoding accepts', () => {
  it.each(casesOf(FIELDS.filter(isOptional)))('a document without the optional field %s', (_name, path) => {
    const stored = replaced(DOCUMENT, path, undefined);
    const { state } = decode(stored, LABEL);
    expect(JSON.parse(JSON.stringify(encode(state, 3)))).toEqual(stored);
  });

  it.each([8.64e15, -8.64e15, 0, 1.5])('a document with any time that a date can be: %p', (moment) => {
    const stored = replaced(DOCUMENT, ['facts', 'alerts', 'sync:orders', 'since'], moment);
    expect(decode(stored, LABEL).state.facts.alerts['sync:orders']?.since).toBe(moment);
  });
});

describe('a key that every object has', () => {
  const DICTIONARY_PATHS: readonly Path[] = [
    ['facts', 'alerts'],
    ['facts', 'histories'],
    ['routes'],
    [...DESTINATION, 'notificationLog'],
    [...DESTINATION, 'causes'],
  ];
  const KEYS = ['__proto__', 'constructor', 'prototype'];

  it.each(DICTIONARY_PATHS.flatMap((path) => KEYS.map((key) => [key, textOf(path), path] as const)))(
    'is refused as the key of an entry, since its value would not be validated: %s in %s',
    (key, name, path) => {
      for (const value of ['s3cret', { state: 's3cret' }, null])
        expect(refusalOf(added(DOCUMENT, path, key, value)).message).toContain(
          `${name}: expected a dictionary of objects`,
        );
    },
  );

  it.each(OBJECTS.flatMap((path) => KEYS.map((key) => [key, textOf(path), path] as const)))(
    'is harmless as a field: %s in "%s"',
    (key, _name, path) => {
      const { state } = decode(added(DOCUMENT, path, key, { initialized: false, polluted: true }), LABEL);
      expect(state.initialized).toBe(true);
      expect(state).not.toHaveProperty('polluted');
      expect({}).not.toHaveProperty('polluted');
    },
  );

  it('is an id like any other after "sync:"', () => {
    const alert = at(DOCUMENT, ['facts', 'alerts', 'sync:orders']);
    for (const key of KEYS) {
      const stored = added(DOCUMENT, ['facts', 'alerts'], `sync:${key}`, alert);
      expect(decode(stored, LABEL).state.facts.alerts).toHaveProperty([`sync:${key}`]);
    }
  });
});

describe('a document that was edited by hand', () => {
  it('is refused, or a check can run with it', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async (sequence) => {
        const stored = sequence.reduce<Json>(edited, DOCUMENT);
        const loaded = decodeOrRefuse(stored);
        if (loaded === undefined) return;
        expect(decode(JSON.parse(JSON.stringify(encode(loaded.state, 1))), LABEL).state).toEqual(
          loaded.state,
        );
        await runCheckWith(loaded);
      }),
      { numRuns: 500 },
    );
  });
});

/** Undefined for a document that is refused; any other error fails the test. */
function decodeOrRefuse(stored: unknown) {
  try {
    return decode(stored, LABEL);
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

/** Runs a check with that state, which may make no sense. The check may fail, but only as a check does. */
async function runCheckWith(loaded: ReturnType<typeof decode>): Promise<void> {
  const world = new World();
  world.stored = loaded;
  world.shown = (now) => [aFailingRecord(now), aRecord(now, { id: 'other' })];
  try {
    await check(world.ports, settings());
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
  }
}

interface Edit {
  readonly kind: 'replace' | 'remove' | 'add';
  readonly where: number;
  readonly key: string;
  readonly value: Json;
}

function edited(json: Json, { kind, where, key, value }: Edit): Json {
  const paths = pathsIn(json);
  const path = paths[where % paths.length] ?? [];
  if (kind === 'add') return (isObjectAt(json, path) ? added(json, path, key, value) : value) ?? null;
  return replaced(json, path, kind === 'replace' ? value : undefined) ?? null;
}

const value: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 1.5, 1e300, '', [], {}, 'resolved', 'unlisted', 'critical'),
  fc.constantFrom(...pathsIn(DOCUMENT).map((path) => at(DOCUMENT, path))),
  fc.integer(),
);

const edits = fc.array(
  fc.record<Edit>({
    kind: fc.constantFrom('replace', 'replace', 'remove', 'add'),
    where: fc.nat(),
    key: fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'sync:x', 'at', 'how', 'lastNotified'),
      fc.string(),
    ),
    value,
  }),
  { minLength: 1, maxLength: 3 },
);
