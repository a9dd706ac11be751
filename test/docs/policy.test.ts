import { readFileSync } from 'node:fs';
import { SYNC_FIELDS } from '../../lambda/core/matcher.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { parseSync } from '../../lambda/core/parse/parse-sync.ts';
import type { Override, Policy } from '../../lambda/core/policy.ts';
import { rulesFor } from '../../lambda/core/rules.ts';
import { aRecord, START } from '../commands/a-world.ts';

const PAGE = readFileSync('docs/policy.md', 'utf8');

/** The cells of each row of the table with this head. */
function table(head: string): readonly (readonly string[])[] {
  const [, below] = PAGE.split(`\n| ${head} |\n`);
  if (below === undefined) throw new Error(`docs/policy.md has no table with the head ${head}`);
  const [rows = ''] = below.split('\n\n');
  return rows
    .split('\n')
    .slice(1)
    .map((row) => row.slice(2, -2).split(' | '));
}

/** A cell without its backticks. */
function code(cell = ''): string {
  return cell.slice(1, -1);
}

function codes(cell = ''): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

/** The policy as parsed; throws its faults. */
function policyOf(written: unknown): Policy {
  const parsed = parsePolicy(written);
  if (!parsed.ok) throw new Error(`${JSON.stringify(written)}: ${parsed.faults.join('; ')}`);
  return parsed.policy;
}

const DEFAULTS = policyOf({});
const FIELDS = table('field | meaning | unit | default | example').map(([field, , , byDefault, example]) => ({
  field: code(field),
  byDefault: code(byDefault),
  example: code(example),
}));

describe('docs/policy.md, the fields', () => {
  it('lists exactly the fields of a policy', () => {
    const { periodSeconds: _schedule, ...known } = DEFAULTS;
    const names = Object.keys(known).map((name) => name.replace(/Seconds$/, ''));
    expect(FIELDS.map(({ field }) => field).sort()).toEqual(names.sort());
  });

  it.each(FIELDS)('gives the real default of $field', ({ field, byDefault }) => {
    expect(policyOf({ [field]: JSON.parse(byDefault) })).toEqual(DEFAULTS);
  });

  it.each(FIELDS)('gives an example of $field that differs from the default', ({ field, example }) => {
    expect(policyOf({ [field]: JSON.parse(example) })).not.toEqual(DEFAULTS);
  });

  it('lists every known word of last_state', () => {
    const words = table('list | known already').map(([list, known]) => [code(list), codes(known)]);
    const { successStates, inProgressStates, stoppedStates } = DEFAULTS;
    expect(Object.fromEntries(words)).toEqual({ successStates, inProgressStates, stoppedStates });
  });

  it('shows only valid policies', () => {
    const policies = [...PAGE.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => text);
    expect(policies.length).toBeGreaterThan(2);
    for (const text of policies) expect(policyOf(JSON.parse(text))).not.toEqual(DEFAULTS);
  });
});

describe('docs/policy.md, the matchers', () => {
  const MATCHERS = table('field | of the API | example').map(([field, api, example]) => ({
    field: code(field),
    api: codes(api),
    example: code(example),
  }));
  const SYNC = {
    id: 'sync_42',
    name: 'orders_eu',
    connector_id: 'postgres',
    connection_ref: 'pg-main',
    source_schema: 'public',
    source_table: 'orders',
    kb_uid: 'kb_sales',
    dest_table: 'orders_2026',
    source_kind: 'mysql',
  };
  const isMatched = (matcher: Readonly<Record<string, string>>, fields: object) => {
    const policy = policyOf({ exclude: [{ match: matcher, reason: 'a test' }] });
    return rulesFor(policy, parseSync(aRecord(START, { ...SYNC, ...fields })), START).exclusion !== undefined;
  };

  it('lists exactly the fields of a matcher', () => {
    expect(MATCHERS.map(({ field }) => field)).toEqual(SYNC_FIELDS);
  });

  it.each(MATCHERS)(
    'names the API field behind $field, with an example that matches',
    ({ field, api, example }) => {
      expect(isMatched({ [field]: example }, {})).toBe(true);
      const different = Object.fromEntries(api.map((name) => [name, 'another']));
      expect(isMatched({ [field]: example }, different)).toBe(false);
    },
  );

  it('is right that a matcher without fields is rejected', () => {
    expect(parsePolicy({ exclude: [{ match: {}, reason: 'a test' }] }).ok).toBe(false);
    expect(parsePolicy({ overrides: [{ match: {}, grace: '1m' }] }).ok).toBe(false);
  });
});

describe('docs/policy.md, exclude and overrides', () => {
  const NAMED = parseSync(aRecord(START, { name: 'charges', connection_ref: 'pg-payments' }));
  const thresholdsBy = (written: unknown) => rulesFor(policyOf(written), NAMED, START);

  it('is right that an excluded sync needs a reason', () => {
    expect(parsePolicy({ exclude: [{ match: { id: 'x' } }] }).ok).toBe(false);
    expect(parsePolicy({ exclude: [{ match: { id: 'x' }, reason: '' }] }).ok).toBe(false);
  });

  it('lists exactly what an override may set', () => {
    const known: Readonly<Record<Exclude<keyof Override, 'match'>, true>> = {
      stallAfterIntervals: true,
      criticalAfterIntervals: true,
      criticalAtFailures: true,
      graceSeconds: true,
      pendingForSeconds: true,
      exclude: true,
      owner: true,
    };
    const named = codes(PAGE.match(/one or more of ([^;]+);/)?.[1]);
    expect(named).toEqual(Object.keys(known).map((name) => name.replace(/Seconds$/, '')));
    for (const { field, example } of FIELDS) {
      const given = field === 'exclude' ? { reason: 'a test' } : JSON.parse(example);
      const override = { match: { id: 'x' }, [field]: given };
      expect([field, parsePolicy({ overrides: [override] }).ok]).toEqual([field, named.includes(field)]);
    }
  });

  it('is right that only the first override that matches a sync counts', () => {
    const thresholds = thresholdsBy({
      stallAfterIntervals: 3,
      overrides: [
        { match: { name: 'refunds' }, pendingFor: '1h' },
        { match: { name: 'charges' }, grace: '1m' },
        { match: { connection: 'pg-*' }, criticalAfterIntervals: 6 },
      ],
    });
    expect(thresholds).toMatchObject({
      stallAfterIntervals: 3,
      criticalAfterIntervals: 12,
      graceSeconds: 60,
      pendingForSeconds: 0,
    });
  });
});
