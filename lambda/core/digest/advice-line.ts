import type { Diagnosis } from '../diagnose/diagnose.ts';
import { diagnosisOf } from '../diagnose/evaluation.ts';
import { adviceFor, situationOf } from '../explain/advice.ts';
import type { TrackedAlert } from '../notify/notification.ts';
import type { Situation } from '../situation.ts';
import type { Labels } from '../sync.ts';
import { MINUTE_SECONDS, secondsBetween } from '../time.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import type { Explanation } from './explanation-lines.ts';
import { connectorName } from './names.ts';
import { type Line, untrusted, words } from './rich-text.ts';

/** What a person does first about some alerts, as an imperative; nothing when no advice fits. */
export function adviceLine(
  alerts: readonly TrackedAlert[],
  explanation: Explanation | undefined,
  evaluation: DigestEvaluation,
): Line {
  const { explanations } = evaluation;
  if (explanations === undefined || explanations.isBrief) return [];
  const situation = situationIn(alerts, explanation, evaluation);
  const error = explanation?.kind === 'error' ? explanation.error.text : undefined;
  const text = adviceFor({ situation, error }, explanations.advice);
  if (text === undefined) return [];
  const disabled = alerts.filter(({ alert }) => alert.problem === 'disabled').length;
  const isWhole = situation === 'disabled' || disabled === 0;
  const enable = words(
    ` Then enable ${disabled === 1 ? 'the disabled sync' : 'the disabled syncs'} in Timbal.`,
  );
  return [...withNames(text, { alerts, explanation, explanations }), ...(isWhole ? [] : [enable])];
}

function situationIn(
  alerts: readonly TrackedAlert[],
  explanation: Explanation | undefined,
  evaluation: DigestEvaluation,
): Situation | undefined {
  if (explanation?.kind === 'agent')
    return explanation.trouble.lastSeenAt === undefined ? 'revoked' : 'agent_gone';
  const byError = explanation && situationOf(explanation.error);
  if (byError !== undefined) return byError;
  if (alerts.every(({ alert }) => alert.problem === 'disabled')) return 'disabled';
  const diagnoses = alerts.flatMap(({ fingerprint }) => diagnosisOf(fingerprint, evaluation) ?? []);
  if (diagnoses.length === 0) return undefined;
  const areAll = (problem: string) =>
    diagnoses.every(({ verdict }) => verdict.kind === 'problem' && verdict.problem === problem);
  const isRunning = diagnoses.some(({ runState }) => runState === 'in_progress');
  if (areAll('never_succeeded') && isRunning) return 'first_load';
  if (!areAll('stalled') && !areAll('never_succeeded')) return undefined;
  if (isRunning) return 'stuck_run';
  return startsOthers(diagnoses, evaluation) ? 'not_started' : 'nothing_starts';
}

/** Whether another sync of their connectors started later than each of these. */
function startsOthers(diagnoses: readonly Diagnosis[], evaluation: DigestEvaluation): boolean {
  if (evaluation.kind === 'unavailable') return false;
  const connectors = new Set(diagnoses.map(({ sync }) => sync.labels.connectorId));
  const lastStart = Math.max(...diagnoses.map(({ sync }) => sync.lastRunAt ?? Number.NEGATIVE_INFINITY));
  return [...evaluation.diagnoses.values()].some(
    ({ sync: { labels, lastRunAt } }) =>
      connectors.has(labels.connectorId) &&
      lastRunAt !== null &&
      secondsBetween(lastStart, lastRunAt) > STARTS_APART,
  );
}

/** An agent that went away in the middle of its runs started some of them later than others. */
const STARTS_APART = 30 * MINUTE_SECONDS;

interface AdviceContext {
  readonly alerts: readonly TrackedAlert[];
  readonly explanation: Explanation | undefined;
  readonly explanations: NonNullable<DigestEvaluation['explanations']>;
}

/** The text with the names of what the alerts have in common. */
function withNames(text: string, { alerts, explanation, explanations }: AdviceContext): Line {
  const labels = alerts.flatMap(({ alert }) => alert.labels ?? []);
  const named = (kind: string, nameOf: (one: Labels) => string | null, several: string): Line => {
    const [only, ...others] = new Set(labels.map(nameOf));
    return only == null || others.length > 0 ? [words(several)] : [words(`${kind} `), untrusted(only)];
  };
  const connector = named(
    'connector',
    ({ connectorId }) => connectorName(connectorId, explanations.names),
    'the connectors',
  );
  const hostname = explanation?.kind === 'agent' ? explanation.trouble.hostname : undefined;
  const names: Readonly<Record<string, Line>> = {
    connector,
    connection: named('connection', ({ connectionRef }) => connectionRef, 'the connections'),
    source: named('source', ({ source }) => source, 'a source table'),
    machine:
      hostname === undefined
        ? [words('the machine of '), ...connector]
        : [words('machine '), untrusted(hostname)],
  };
  // What a person wrote in the policy is theirs, but it is text from outside like any other.
  return text
    .split(/\{(\w+)\}/)
    .flatMap((part, index) => (index % 2 === 0 ? plain(part) : (names[part] ?? plain(`{${part}}`))));
}

function plain(text: string): Line {
  return text === '' ? [] : [words(text)];
}
