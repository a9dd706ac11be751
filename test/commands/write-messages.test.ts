import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import type { EvidenceAnswer, EvidenceRequest } from '../../lambda/timbal/evidence-source.ts';
import { aFailingRecord, aRecord, MINUTE, START, settings, World } from './a-world.ts';
import { completedCheck, failing, healthy, sixtyFailing } from './run-check.ts';

const NOTHING: EvidenceAnswer = { evidence: {}, calls: 3, missing: [] };

/** A world whose neighbouring routes answer this, and the requests that they got. */
function aWorld(
  answer: (request: EvidenceRequest) => EvidenceAnswer | Promise<EvidenceAnswer> = () => NOTHING,
) {
  const world = new World();
  const requests: EvidenceRequest[] = [];
  const evidence = {
    ask: async (request: EvidenceRequest) => {
      requests.push(request);
      return answer(request);
    },
  };
  Object.assign(world.ports, { evidence });
  return { world, requests };
}

/** Every sync failed with this error five minutes ago. */
function failedWith(error: string) {
  return ({ at, syncs }: EvidenceRequest): EvidenceAnswer => {
    const run = { state: 'failed', message: error, rows: 0, startedAt: at, finishedAt: at, at };
    return { ...NOTHING, evidence: { runs: new Map(syncs.map(({ id }) => [id, [run]] as const)) } };
  };
}

function policy(written: unknown) {
  const parsed = parsePolicy(written);
  if (!parsed.ok) throw new Error(parsed.faults.join());
  return settings({ policy: parsed.policy }).policy;
}

describe('the neighbouring routes', () => {
  it('are not asked by a quiet check', async () => {
    const { world, requests } = aWorld();
    world.shown = healthy;
    await completedCheck(world);
    world.now += 5 * MINUTE;
    const { evidence } = await completedCheck(world);
    expect([requests, evidence]).toEqual([[], undefined]);
  });

  it('are asked once when something is sent, for its open syncs, and what is missing is in the outcome', async () => {
    const missing = [{ route: 'GET /orgs/{org_id}/connectors/jobs', reason: '404 Not Found' }];
    const { world, requests } = aWorld(() => ({ ...NOTHING, missing }));
    world.shown = failing;
    const { evidence } = await completedCheck(world);
    expect(requests).toEqual([{ at: START, syncs: [{ id: 'orders', connectorId: 'postgres' }] }]);
    expect(evidence).toEqual({ calls: 3, missing });
  });

  it('are asked for the error of a sync that failed when all that is sent has ended', async () => {
    const { world, requests } = aWorld();
    world.shown = failing;
    await completedCheck(world);
    world.now += 15 * MINUTE;
    world.shown = healthy;
    await completedCheck(world);
    expect(requests[1]?.syncs).toEqual([{ id: 'orders', connectorId: 'postgres' }]);
  });

  it('are not asked where the policy says so, while the listing fails, or without time', async () => {
    const { world, requests } = aWorld();
    world.shown = failing;
    await completedCheck(world, { policy: policy({ evidence: false }), dryRun: true });
    await completedCheck(world, { remainingSeconds: 20, dryRun: true });
    expect(requests).toEqual([]);
  });

  it('are asked for one sync of each connection first, critical ones before warnings', async () => {
    const { world, requests } = aWorld();
    const record = (id: string, connection: string, fields = {}) =>
      aFailingRecord(START, { id, name: id, connection_ref: connection, ...fields });
    world.shown = [
      record('a', 'one'),
      record('b', 'one'),
      record('c', 'two', { enabled: false, disabled_reason: 'gave up' }),
      aRecord(START, { id: 'well', name: 'well' }),
    ];
    await completedCheck(world);
    expect(requests[0]?.syncs.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  });
});

describe('an error that is quoted', () => {
  it('stands in the message, and in no log field of the outcome', async () => {
    const { world } = aWorld(failedWith('timeout after 30 s'));
    world.shown = failing;
    const { digests: _digests, ...outcome } = await completedCheck(world);
    expect(JSON.stringify(world.posted)).toContain('timeout after 30 s');
    expect(JSON.stringify(outcome)).not.toContain('timeout');
  });

  it('takes no line from an alert that has one without it', async () => {
    const coveredBy = async (error: string | undefined) => {
      let index = 0;
      const answer = (request: EvidenceRequest) =>
        error === undefined
          ? NOTHING
          : {
              ...NOTHING,
              evidence: {
                runs: new Map(
                  request.syncs.map(({ id }) => {
                    index += 1;
                    const message = `${'abcdefghij'.charAt(index % 10).repeat(1 + index)} ${error}`;
                    const { at } = request;
                    return [id, [{ state: 'failed', message, rows: 0, startedAt: at, finishedAt: at, at }]];
                  }),
                ),
              },
            };
      const { world } = aWorld(answer);
      world.shown = sixtyFailing;
      await completedCheck(world);
      return world.posted.flatMap(({ covers }) => covers);
    };
    const plain = await coveredBy(undefined);
    const shown = plain.filter(({ listed }) => listed).length;
    expect(shown).toBeGreaterThan(20);
    for (const error of ['x'.repeat(300), 'could not connect to server', 'short'])
      expect((await coveredBy(error)).toSorted(byName)).toEqual(plain.toSorted(byName));
  });
});

function byName(one: { readonly fingerprint: string }, other: { readonly fingerprint: string }): number {
  return one.fingerprint < other.fingerprint ? -1 : 1;
}
