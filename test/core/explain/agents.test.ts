import type { Connector } from '../../../lambda/core/evidence.ts';
import { agentTroubles } from '../../../lambda/core/explain/agents.ts';
import { NO_NAMES } from '../../../lambda/core/explain/display-names.ts';
import { MINUTE } from '../../commands/a-world.ts';
import { aDiagnosis, ago, isoAgo, listed, policyOf, succeededAgo } from '../a-digest.ts';
import { aConnector } from './some-evidence.ts';

/** A sync of `box`, every 15 minutes, whose last run succeeded so many minutes ago. It is late after 35 minutes. */
const aSyncOf = (id: string, minutesAgo: number, fields: Readonly<Record<string, unknown>> = {}) =>
  aDiagnosis({ id, name: id, connector_id: 'box', ...succeededAgo(minutesAgo), ...fields });

const HEALTHY_ELSEWHERE = aDiagnosis({ id: 'other', connector_id: 'saas', ...succeededAgo(5) });

function troubleOf(
  diagnoses: readonly ReturnType<typeof aDiagnosis>[],
  connectors: readonly (readonly [string, Connector])[],
) {
  const evidence = { connectors: new Map(connectors) };
  return agentTroubles(evidence, listed([...diagnoses, HEALTHY_ELSEWHERE]), NO_NAMES).get('box');
}

const SAAS = aConnector('saas');
const seen = (minutesAgo: number) => aConnector('box', { lastSeenAt: ago(minutesAgo * MINUTE) });

describe('an agent', () => {
  it.each([
    [5, false],
    [5.1, true],
  ])('is gone when it was not seen for more than five minutes: %d', (minutes, isGone) => {
    const trouble = troubleOf([aSyncOf('a', 50)], [SAAS, seen(minutes)]);
    expect(trouble !== undefined).toBe(isGone);
  });

  it.each([
    [39, false],
    [40, true],
    [41, true],
  ])('is not gone when one of its syncs started after it was seen: %d minutes ago', (lastRun, isGone) => {
    const started = aSyncOf('b', 50, { last_run_at: isoAgo(lastRun * MINUTE) });
    expect(troubleOf([aSyncOf('a', 50), started], [SAAS, seen(40)]) !== undefined).toBe(isGone);
  });

  it('is not gone when none of its syncs is late', () => {
    expect(troubleOf([aSyncOf('a', 20)], [SAAS, seen(19)])).toBeUndefined();
  });

  it('is not known to be gone when the API does not say when it was seen', () => {
    expect(troubleOf([aSyncOf('a', 50)], [SAAS, aConnector('box', { lastSeenAt: null })])).toBeUndefined();
  });

  it('leaves paused and excluded syncs out of account', () => {
    const paused = aSyncOf('p', 5, { enabled: false, disabled_reason: null });
    const policy = policyOf({ exclude: [{ match: { id: 'x' }, reason: 'tests' }] });
    const excluded = aDiagnosis({ id: 'x', connector_id: 'box', ...succeededAgo(5) }, {}, policy);
    expect(troubleOf([aSyncOf('a', 50), paused, excluded], [SAAS, seen(40)])?.late).toBe(1);
  });
});

describe('a connector that is not listed any more', () => {
  it('is revoked', () => {
    const trouble = troubleOf([aSyncOf('a', 50)], [SAAS]);
    expect(trouble).toMatchObject({ connectorId: 'box', late: 1 });
    expect(trouble?.lastSeenAt).toBeUndefined();
  });

  it('is not revoked while its syncs succeed', () => {
    expect(troubleOf([aSyncOf('a', 5)], [SAAS])).toBeUndefined();
  });

  it('is not revoked when no connector of the listing is known: the ids are others', () => {
    expect(troubleOf([aSyncOf('a', 50)], [aConnector('7')])).toBeUndefined();
  });

  it('is not known without the list of connectors', () => {
    const troubles = agentTroubles({}, listed([aSyncOf('a', 50)]), NO_NAMES);
    expect(troubles.size).toBe(0);
  });
});

describe('who will be late', () => {
  it('are those within two hours, the next of them first', () => {
    const hourly = { interval_secs: 3600 };
    const trouble = troubleOf(
      [
        aSyncOf('late', 50),
        aSyncOf('c', 42, hourly),
        aSyncOf('b', 30),
        aSyncOf('d', 40, { interval_secs: 86_400 }),
      ],
      [SAAS, seen(25)],
    );
    expect(trouble).toMatchObject({ late: 1, soon: { count: 2 } });
    expect(trouble?.soon?.first.sync.id).toBe('b');
    // b is late 35 minutes after its success, c after two hours and five minutes.
    expect([trouble?.soon?.at, trouble?.soon?.by]).toEqual([ago(-5 * MINUTE), ago(-83 * MINUTE)]);
  });

  it('is the next one, whenever that is', () => {
    const trouble = troubleOf(
      [aSyncOf('late', 50), aSyncOf('d', 40, { interval_secs: 86_400 })],
      [SAAS, seen(30)],
    );
    expect(trouble?.soon).toMatchObject({ count: 1 });
  });

  it('is nobody when all are late', () => {
    expect(troubleOf([aSyncOf('late', 50)], [SAAS, seen(30)])).not.toHaveProperty('soon');
  });
});
