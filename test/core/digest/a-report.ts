import { type Report, reportOf } from '../../../lambda/core/digest/report.ts';
import { INITIAL_STATE } from '../../../lambda/core/state.ts';
import { HOUR } from '../../commands/a-world.ts';
import { aDiagnosis, isoAgo, listed, POLICY, succeededAgo } from '../a-digest.ts';

export const NO_FACTS = INITIAL_STATE.facts;

/** One sync in each state, named after it. */
export const EVALUATION = listed([
  aDiagnosis({ id: 'healthy', name: 'healthy', ...succeededAgo(2) }),
  aDiagnosis({ id: 'paused', name: 'paused', ...succeededAgo(2), enabled: false, disabled_reason: null }),
  aDiagnosis({ id: 'unreadable', name: 'unreadable', interval_secs: 'often' }),
  aDiagnosis({ id: 'stalled', name: 'stalled', ...succeededAgo(60) }),
  aDiagnosis({ id: 'failing', name: 'failing' }),
  aDiagnosis({
    id: 'late',
    name: 'late',
    last_success_at: isoAgo(9 * HOUR),
    seconds_since_success: 9 * 3600,
  }),
  aDiagnosis({ id: 'gave-up', name: 'gave-up', enabled: false, disabled_reason: '10 failures' }),
]);

/** The report of an evaluation; no alert is saved, and the policy is the default, unless they are given. */
export function aReport(evaluation = EVALUATION, facts = NO_FACTS, policy = POLICY): Report {
  return reportOf(evaluation, facts, policy);
}
