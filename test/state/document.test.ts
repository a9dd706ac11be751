import { inspect } from 'node:util';
import fc from 'fast-check';
import { check } from '../../lambda/commands/check.ts';
import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { decode, encode, SCHEMA_VERSION } from '../../lambda/state/document.ts';
import { StateError } from '../../lambda/state/errors.ts';
import { aFailingRecord, aRecord, settings, World } from '../commands/a-world.ts';
import { histories, type InvocationResponse, play } from '../core/a-history.ts';
import { aDocument, added, at, isObjectAt, type Json, type Path, pathsIn, replaced } from './a-document.ts';
import { A_FULL_MEMORY, memories } from './a-state.ts';

const PLACE = 'the memory of this test';
const DOCUMENT = aDocument();
/** By these keys stand entries, not fields. */
const DICTIONARIES = ['alerts', 'histories', 'routes', 'notificationLog'];

const named = (path: Path) => path.join('.');
const cases = (paths: readonly Path[]) => paths.map((path) => [named(path), path] as const);
const isEntry = (path: Path) => DICTIONARIES.includes(String(path.at(-2)));
const FIELDS = pathsIn(DOCUMENT).filter(
  (path) => path.length > 0 && typeof path.at(-1) === 'string' && !isEntry(path),
);
/** Absent: no, or never. */
const isOptional = (path: Path) =>
  /\.(critical|critical\.to|absent|healthySince|resolution|pendingAgain|failing|disabled|enabledSince|shrunk|shrinkage|undeliveredSince|lastNotified|resolutionSent|inFlight|remindedAt|pausedRemindedAt|remindersInFlight|shrinkageNotifiedAt|backoffUntil|unconfirmedInARow)$|^lease$/.test(
    named(path),
  );
const levels = pathsIn(DOCUMENT).filter(
  (path) => isObjectAt(DOCUMENT, path) && !DICTIONARIES.includes(String(path.at(-1))),
);

function refusalOf(stored: unknown): StateError {
  try {
    decode(stored, PLACE);
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
  throw new Error('it was taken for a memory');
}

describe('a memory that was written', () => {
  it('is read as it was', () => {
    fc.assert(
      fc.property(memories(), fc.integer({ min: 1 }), (state, version) => {
        const stored: unknown = JSON.parse(JSON.stringify(encode(state, version)));
        expect(decode(stored, PLACE)).toEqual({ state, version });
      }),
    );
  });

  it('is read as it was after any history of checks', () => {
    fc.assert(
      fc.property(
        histories(fc.constantFrom<InvocationResponse>('accepted', 'refused', 'unconfirmed')),
        (steps) => {
          for (const { after } of play(steps)) {
            const stored: unknown = JSON.parse(JSON.stringify(encode(after, 1)));
            expect(decode(stored, PLACE).state).toEqual(after);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('carries its schema and its version', () => {
    expect(encode(A_FULL_MEMORY, 3)).toMatchObject({ schemaVersion: 1, version: 3 });
    expect(decode(DOCUMENT, PLACE)).toEqual({ state: A_FULL_MEMORY, version: 3 });
  });
});

it('a memory whose counts are as high as can be counts on, and can be read again', () => {
  const path = ['routes', 'default', 'notificationLog', 'sync:orders', 'noted', 'times'];
  const stored = replaced(DOCUMENT, path, Number.MAX_SAFE_INTEGER) ?? null;
  const counted = replaced(stored, path, Number.MAX_SAFE_INTEGER + 1);
  expect(decode(stored, PLACE).version).toBe(3);
  expect(decode(counted, PLACE).version).toBe(3);
});

describe('a document of another program', () => {
  it.each([
    ['this one', SCHEMA_VERSION],
    ['the next one', SCHEMA_VERSION + 1],
  ])('is read when it is of %s', (_which, schemaVersion) => {
    expect(decode({ ...DOCUMENT, schemaVersion }, PLACE).state).toEqual(A_FULL_MEMORY);
  });

  it.each([
    ['a valid one', { ...DOCUMENT, schemaVersion: SCHEMA_VERSION + 2 }],
    ['one of another shape', { schemaVersion: 99, version: 1, everything: 'else' }],
  ])('is refused when it is later than the next, and it is said what to do: %s', (_what, stored) => {
    const error = refusalOf(stored);
    expect(error.code).toBe('state_newer');
    expect(error.message).toBe(
      `${PLACE} was written by a newer program (schema ${stored.schemaVersion}, this one reads up to 2); update this program. The memory is left as it is`,
    );
  });

  it.each([0, -1, 1.5, '1', null, 1e300])('is not one when its schema is %p', (schemaVersion) => {
    const error = refusalOf({ ...DOCUMENT, schemaVersion });
    expect(error.code).toBe('state_unreadable');
    expect(error.message).toContain('schemaVersion: expected');
  });

  it.each([0, -1, 1.5, '1', null, 2 ** 53])('is not one when its version is %p', (version) => {
    expect(refusalOf({ ...DOCUMENT, version }).message).toContain('version: expected');
  });

  it.each(cases(levels))('may have added a field, which is kept and written back: in "%s"', (_name, path) => {
    const stored = added({ ...DOCUMENT, schemaVersion: 2 }, path, 'addedLater', { because: ['of', 2] });
    const { state, version } = decode(stored, PLACE);
    const written: Json = JSON.parse(JSON.stringify(encode(state, version)));
    expect(written).toEqual(replaced(stored ?? null, ['schemaVersion'], SCHEMA_VERSION));
    expect(at(written, [...path, 'addedLater'])).toEqual({ because: ['of', 2] });
  });

  it('may have added a field at every level at once', () => {
    const stored = levels.reduce<Json>(
      (json, path) => added(json, path, 'addedLater', true) ?? null,
      DOCUMENT,
    );
    const { state } = decode(stored, PLACE);
    expect(JSON.parse(JSON.stringify(encode(state, 3)))).toEqual(stored);
  });
});

describe('what is not a memory', () => {
  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an array', []],
    ['an array of memories', [DOCUMENT]],
    ['a text', 'state'],
    ['a number', 1],
    ['an empty object', {}],
    ['what another program wrote', { name: 'sync-alerts', version: '0.1.0' }],
  ])('is refused, and it is said what to do: %s', (_what, stored) => {
    const error = refusalOf(stored);
    expect(error.code).toBe('state_unreadable');
    expect(error.message).toMatch(
      /^the memory of this test is not a memory: .+expected .+\. It is left as it is;/,
    );
    expect(error.message).toMatch(/move it away to start afresh .+, or restore a copy$/);
  });

  it('names at most five faults', () => {
    expect(refusalOf({}).message.match(/expected/g)).toHaveLength(5);
  });

  it.each(cases(FIELDS.filter((path) => !isOptional(path))))(
    'is named by the field that it lacks: %s',
    (name, path) => {
      expect(refusalOf(replaced(DOCUMENT, path, undefined)).message).toContain(name);
    },
  );

  it.each(cases(FIELDS.filter(isOptional)))('is not what lacks %s', (_name, path) => {
    const stored = replaced(DOCUMENT, path, undefined);
    const { state } = decode(stored, PLACE);
    expect(JSON.parse(JSON.stringify(encode(state, 3)))).toEqual(stored);
  });

  it.each(cases(pathsIn(DOCUMENT).filter((path) => path.length > 0)))(
    'has something else where "%s" belongs, and its place is named but not its value',
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

  it.each(['alerts', 'histories'])('has an array for its %s', (what) => {
    expect(refusalOf(replaced(DOCUMENT, ['facts', what], [])).message).toContain(
      `facts.${what}: expected objects by key`,
    );
  });

  it.each<Path>([['routes'], ['routes', 'default', 'notificationLog']])(
    'has an array for its %s',
    (...path) => {
      expect(refusalOf(replaced(DOCUMENT, path, [])).message).toContain(
        `${named(path)}: expected objects by key`,
      );
    },
  );

  it.each<readonly [string, Path]>([
    ['a mark', ['facts', 'histories', 'sync:orders']],
    ['a telling', ['routes', 'default', 'notificationLog', 'sync:orders']],
  ])('has an array for %s', (_what, path) => {
    expect(refusalOf(replaced(DOCUMENT, path, [])).message).toContain(
      `${named(path.slice(0, -1))}: expected objects by key`,
    );
  });

  it.each([8.64e15 + 1, -8.64e15 - 1, 1e300])('has a moment that no date can be: %p', (moment) => {
    const path = ['facts', 'alerts', 'sync:orders', 'since'];
    expect(refusalOf(replaced(DOCUMENT, path, moment)).message).toContain(named(path));
  });

  it.each([8.64e15, -8.64e15, 0, 1.5])('may have any moment that a date can be: %p', (moment) => {
    const stored = replaced(DOCUMENT, ['facts', 'alerts', 'sync:orders', 'since'], moment);
    expect(decode(stored, PLACE).state.facts.alerts['sync:orders']?.since).toBe(moment);
  });
});

describe('keys that name something of every object', () => {
  const PARTS: readonly Path[] = [
    ['facts', 'alerts'],
    ['facts', 'histories'],
    ['routes'],
    ['routes', 'default', 'notificationLog'],
  ];
  const KEYS = ['__proto__', 'constructor', 'prototype'];

  it.each(PARTS.flatMap((path) => KEYS.map((key) => [key, named(path), path] as const)))(
    'are refused as the key of an entry, since it would not be checked: %s in %s',
    (key, name, path) => {
      for (const value of ['s3cret', { state: 's3cret' }, null])
        expect(refusalOf(added(DOCUMENT, path, key, value)).message).toContain(
          `${name}: expected objects by key`,
        );
    },
  );

  it.each(levels.flatMap((path) => KEYS.map((key) => [key, named(path), path] as const)))(
    'do no harm as a field: %s in "%s"',
    (key, _name, path) => {
      const { state } = decode(added(DOCUMENT, path, key, { initialized: false, polluted: true }), PLACE);
      expect(state.initialized).toBe(true);
      expect(state).not.toHaveProperty('polluted');
      expect({}).not.toHaveProperty('polluted');
    },
  );

  it('are ids like any other behind "sync:"', () => {
    const alert = at(DOCUMENT, ['facts', 'alerts', 'sync:orders']);
    for (const key of KEYS) {
      const stored = added(DOCUMENT, ['facts', 'alerts'], `sync:${key}`, alert);
      expect(decode(stored, PLACE).state.facts.alerts).toHaveProperty([`sync:${key}`]);
    }
  });
});

describe('a document that was changed by hand', () => {
  it('is a memory that a check can go on with, or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const stored = changed.reduce<Json>(change, DOCUMENT);
        const loaded = read(stored);
        if (loaded === undefined) return;
        expect(decode(JSON.parse(JSON.stringify(encode(loaded.state, 1))), PLACE).state).toEqual(
          loaded.state,
        );
        await goOnWith(loaded);
      }),
      { numRuns: 500 },
    );
  });
});

/** Undefined for what is refused; anything but a refusal fails the test. */
function read(stored: unknown) {
  try {
    return decode(stored, PLACE);
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

/** A check on that memory ends as one should, also where what it remembers makes no sense. */
async function goOnWith(loaded: ReturnType<typeof decode>): Promise<void> {
  const world = new World();
  world.stored = loaded;
  world.shown = (now) => [aFailingRecord(now), aRecord(now, { id: 'other' })];
  try {
    await check(world.ports, settings());
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
  }
}

interface Change {
  readonly what: 'replace' | 'take out' | 'add';
  readonly where: number;
  readonly key: string;
  readonly value: Json;
}

function change(json: Json, { what, where, key, value }: Change): Json {
  const paths = pathsIn(json);
  const path = paths[where % paths.length] ?? [];
  if (what === 'add') return (isObjectAt(json, path) ? added(json, path, key, value) : value) ?? null;
  return replaced(json, path, what === 'replace' ? value : undefined) ?? null;
}

const value: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 1.5, 1e300, '', [], {}, 'resolved', 'unlisted', 'critical'),
  fc.constantFrom(...pathsIn(DOCUMENT).map((path) => at(DOCUMENT, path))),
  fc.integer(),
);

const changes = fc.array(
  fc.record<Change>({
    what: fc.constantFrom('replace', 'replace', 'take out', 'add'),
    where: fc.nat(),
    key: fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'sync:x', 'at', 'how', 'notified'),
      fc.string(),
    ),
    value,
  }),
  { minLength: 1, maxLength: 3 },
);
