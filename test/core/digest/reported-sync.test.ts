import type { Facts } from '../../../lambda/core/alert.ts';
import type { ListedEvaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import type { AlertDecision } from '../../../lambda/core/digest/decisions.ts';
import { type ReportedSync, reportedSync } from '../../../lambda/core/digest/reported-sync.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import { aDiagnosis, ago, anAlert, isoAgo, listed, succeededAgo } from '../a-digest.ts';
import { aReport, EVALUATION, NO_FACTS } from './a-report.ts';

const NO_DECISIONS: ReadonlyMap<string, readonly AlertDecision[]> = new Map();

/** The worst row of a report, for programs. */
function worstOf(
  evaluation: ListedEvaluation,
  facts: Facts = NO_FACTS,
  decisions = NO_DECISIONS,
): ReportedSync | undefined {
  const [row] = aReport(evaluation, facts).unhealthy;
  return row && reportedSync(row, evaluation, decisions);
}

describe('an unhealthy sync for programs', () => {
  it('has its labels, its figures, and the line of the report as text', () => {
    expect(worstOf(listed([aDiagnosis()]))).toEqual({
      id: 'orders',
      name: 'orders',
      status: 'failing',
      severity: 'warning',
      summary:
        'orders is failing: last success 20 m ago, runs every 15 m · last run 5 m ago · connection pg-main, connector postgres → kb_sales / orders',
      notification: null,
      connector: 'postgres',
      connection: 'pg-main',
      source: 'public.orders',
      knowledgeBase: 'kb_sales',
      table: 'orders',
      intervalSeconds: 900,
      lagSeconds: 1200,
      lastState: 'failed',
      lastSuccessAt: isoAgo(20 * MINUTE),
      openSince: null,
      owner: null,
      override: null,
    });
  });

  it('has the time at which its alert opened', () => {
    const facts = { ...NO_FACTS, alerts: { 'sync:failing': anAlert({ since: ago(3 * HOUR) }) } };
    const row = aReport(EVALUATION, facts).unhealthy.find(
      ({ fingerprint }) => fingerprint === 'sync:failing',
    );
    expect(row && reportedSync(row, EVALUATION, NO_DECISIONS)).toMatchObject({
      openSince: isoAgo(3 * HOUR),
      summary: expect.stringContaining('open for 3 h'),
    });
  });

  it('has the text of the decision about its alert', () => {
    const decision: AlertDecision = {
      alert: 'sync:orders',
      name: 'orders',
      notify: false,
      reason: 'already_notified',
      text: 'already notified 2 h ago',
    };
    const facts = { ...NO_FACTS, alerts: { 'sync:orders': anAlert() } };
    const decisions = new Map([['sync:orders', [decision]]]);
    expect(worstOf(listed([aDiagnosis()]), facts, decisions)?.notification).toBe('already notified 2 h ago');
    expect(worstOf(listed([aDiagnosis()]), facts)?.notification).toBeNull();
  });
});

describe('a row without a diagnosis, for programs', () => {
  const NOTHING = {
    name: null,
    notification: null,
    connector: null,
    connection: null,
    source: null,
    knowledgeBase: null,
    table: null,
    intervalSeconds: null,
    lagSeconds: null,
    lastState: null,
    lastSuccessAt: null,
    openSince: null,
    owner: null,
    override: null,
  };

  it('can stand for the records without an id, together', () => {
    expect(worstOf(listed([aDiagnosis(succeededAgo(2))], { withoutId: 2 }))).toEqual({
      ...NOTHING,
      id: null,
      status: 'unreadable',
      severity: 'warning',
      summary: '2 records could not be read: each lacks a usable id',
    });
  });

  it('can stand for an open alert whose sync is not listed', () => {
    const alerts = { 'sync:lost': anAlert({ labels: null, severity: 'critical' }) };
    expect(worstOf(listed([]), { ...NO_FACTS, alerts })).toEqual({
      ...NOTHING,
      id: 'lost',
      status: 'absent',
      severity: 'critical',
      summary: 'lost is failing: not in the last listing · open for 1 h',
      openSince: isoAgo(HOUR),
    });
  });
});
