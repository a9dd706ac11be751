/*
 * Says why alerts are open, as far as the neighbouring routes tell: takes alerts and an evaluation with explanations, gives
 * parts of lines. The lines about alerts and about causes call it; without explanations it says nothing.
 */
import { apiTimeOf, diagnosisOf } from '../diagnose/evaluation.ts';
import type { AgentTrouble } from '../explain/agents.ts';
import type { Names } from '../explain/display-names.ts';
import { agentTroubleOf } from '../explain/explain.ts';
import type { RunError, RunFacts } from '../explain/run-facts.ts';
import { groupBy } from '../group-by.ts';
import type { TrackedAlert } from '../notify/notification.ts';
import { after, DAY_SECONDS, HOUR_SECONDS, type Instant, MINUTE_SECONDS, secondsBetween } from '../time.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { deadlineText, secondsUntilDisabled } from './forecast.ts';
import { displayName, knowledgeBaseName, listOf } from './names.ts';
import { joined, type Line, timeOfDay, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, momentText, pluralize } from './wording.ts';

/** Why alerts are open: an error that they share, or an agent that starts nothing. */
export type Explanation =
  | {
      readonly kind: 'error';
      readonly key: string;
      readonly error: RunError;
      /** Of so many alerts with an error, how many have this one. */
      readonly known: number;
      readonly count: number;
    }
  | { readonly kind: 'agent'; readonly key: string; readonly trouble: AgentTrouble };

/** Why one alert is open. One that fails on and off is explained by its last error, also while it succeeds. */
export function explanationOf(one: TrackedAlert, evaluation: DigestEvaluation): Explanation | undefined {
  const { explanations } = evaluation;
  const diagnosis = diagnosisOf(one.fingerprint, evaluation);
  if (explanations === undefined || diagnosis === undefined) return undefined;
  const trouble = agentTroubleOf(diagnosis, explanations);
  if (trouble !== undefined) return { kind: 'agent', key: `agent ${trouble.connectorId}`, trouble };
  const error = explanations.runs.get(one.fingerprint)?.error;
  const { problem, flapping } = one.alert;
  const isFailure = problem === 'failing' || problem === 'disabled';
  if (error === undefined || !isFailure || !(error.isCurrent || flapping !== undefined)) return undefined;
  return { kind: 'error', key: `error ${error.signature}`, error, known: 1, count: 1 };
}

/** The explanation of at least half of the alerts that have one; undefined where none is so common. */
export function commonExplanation(
  alerts: readonly TrackedAlert[],
  evaluation: DigestEvaluation,
): Explanation | undefined {
  const all = alerts.flatMap((one) => explanationOf(one, evaluation) ?? []);
  const groups = [...groupBy(all, ({ key }) => key).values()];
  const largest = groups.toSorted((one, other) => other.length - one.length)[0] ?? [];
  const [first] = largest;
  if (first === undefined || largest.length * 2 < all.length) return undefined;
  return first.kind === 'agent' ? first : { ...first, known: all.length, count: largest.length };
}

/** The longest error that is quoted, in code points: in a message, in a full one, and on a lock screen. */
const MAX_ERROR_LENGTH = 240;
const MAX_BRIEF_LENGTH = 80;

/** The end of a title: ": `password authentication failed`", or since when the agent has not been seen. */
export function explanationText(explanation: Explanation, evaluation: DigestEvaluation): Line {
  if (explanation.kind === 'agent')
    return [words(': '), ...agentText(explanation.trouble, apiTimeOf(evaluation))];
  const { error, known, count } = explanation;
  const share = count < known ? [words(` (${formatNumber(count)} of ${formatNumber(known)})`)] : [];
  const length = evaluation.explanations?.isBrief ? MAX_BRIEF_LENGTH : MAX_ERROR_LENGTH;
  return [words(': '), untrusted(error.text, length), ...share];
}

/**
 * The same for a lock screen: by when the platform disables the alerts, which decides whether to get up, and the error; or
 * the agent.
 */
export function briefExplanation(
  explanation: Explanation,
  alerts: readonly TrackedAlert[],
  evaluation: DigestEvaluation,
): Line {
  if (explanation.kind === 'agent')
    return [words(': '), ...briefAgentText(explanation.trouble, apiTimeOf(evaluation))];
  return [...briefDeadline(alerts, evaluation), words(': '), briefError(explanation.error.text)];
}

/** ", to be disabled at about 12:25 UTC", of several the first. */
function briefDeadline(alerts: readonly TrackedAlert[], evaluation: DigestEvaluation): Line {
  const now = apiTimeOf(evaluation);
  const moments = failingUntil(alerts, evaluation).map(({ seconds }) => timeOfDay(after(now, seconds), now));
  const first = moments.toSorted((one, other) => one.at - other.at)[0];
  if (first === undefined) return [];
  const which = moments.length < alerts.length ? `${formatNumber(moments.length)} ` : '';
  const when = new Set(moments.map(momentText)).size === 1 ? 'at' : 'from';
  return [words(`, ${which}to be disabled ${when} about `), first];
}

/** An error as far as a lock screen shows it: without the word for its level, and not beyond an address or a bracket. */
export function briefError(text: string) {
  const [said = text] = text.replace(LEVEL, '').split(ASIDE);
  const whole = said.replace(/[\s:;,.*]+$/, '') || text;
  if (whole.length <= MAX_BRIEF_LENGTH) return untrusted(whole, MAX_BRIEF_LENGTH);
  const end = whole.lastIndexOf(' ', MAX_BRIEF_LENGTH - 1);
  return untrusted(end > MAX_BRIEF_LENGTH / 2 ? `${whole.slice(0, end)}…` : whole, MAX_BRIEF_LENGTH);
}

const LEVEL = /^(?:fatal|error|panic|critical)\s{0,3}:\s+/i;
/** After enough words, where an aside begins: an address, a bracket, a host. */
const ASIDE = /(?<=.{16})(?:\s+\(|\s+(?:(?:at|on|to|from|via)\s+)?[\w+.-]{2,20}:\/\/|\s+at\s+[\w.-]*\d)/s;

/** "agent warehouse box not seen since 08:12 UTC: 9 syncs late, 31 by 10:15 UTC". */
export function briefAgentText({ name, lastSeenAt, late, soon }: AgentTrouble, now: Instant): Line {
  const agent =
    lastSeenAt === undefined
      ? [words('connector '), untrusted(name), words(' was revoked')]
      : [words('agent '), untrusted(name), words(' not seen since '), timeOfDay(lastSeenAt, now)];
  const next: Line =
    soon === undefined ? [] : [words(`, ${formatNumber(late + soon.count)} by `), timeOfDay(soon.by, now)];
  return [...agent, words(`: ${pluralize(late, 'sync')} late`), ...next];
}

/** "the agent of connector warehouse box has not been seen since 08:12", "the connector old-box was revoked". */
export function agentText({ name, lastSeenAt }: AgentTrouble, now: Instant): Line {
  if (lastSeenAt === undefined) return [words('the connector '), untrusted(name), words(' was revoked')];
  const agent = [words('the agent of connector '), untrusted(name)];
  return [...agent, words(' has not been seen since '), timeOfDay(lastSeenAt, now)];
}

/** What comes next if nobody acts. */
export function consequences(
  alerts: readonly TrackedAlert[],
  explanation: Explanation | undefined,
  evaluation: DigestEvaluation,
): Line {
  if (evaluation.explanations === undefined) return [];
  return explanation?.kind === 'agent'
    ? nextLateText(explanation.trouble, apiTimeOf(evaluation))
    : disabledSoonText(alerts, evaluation);
}

/** "9 of its 31 syncs are late, all 31 will be by 10:15 UTC", of the connector. */
export function lateText({ late, total, soon }: AgentTrouble, now: Instant): Line {
  if (late === total)
    return [
      words(total === 1 ? 'its only sync is late' : `all ${formatNumber(total)} of its syncs are late`),
    ];
  const current = words(
    `${formatNumber(late)} of its ${formatNumber(total)} syncs ${late === 1 ? 'is' : 'are'} late`,
  );
  if (soon === undefined) return [current];
  const later = late + soon.count;
  const most = later < total ? formatNumber(later) : total === 2 ? 'both' : `all ${formatNumber(later)}`;
  return [current, words(`, ${most} will be by `), timeOfDay(soon.by, now)];
}

/** "the next is orders at 08:45 UTC". */
function nextLateText({ soon }: AgentTrouble, now: Instant): Line {
  if (soon === undefined) return [];
  const { first, at } = soon;
  const name = untrusted(displayName(first.sync.labels) ?? first.sync.id ?? '');
  const isNow = secondsBetween(now, at) < MINUTE_SECONDS;
  return [
    words('the next is '),
    name,
    ...(isNow ? [words(', within a minute')] : [words(' at '), timeOfDay(at, now)]),
  ];
}

/** Those that go on failing, and in how many seconds the platform disables each. */
function failingUntil(
  alerts: readonly TrackedAlert[],
  evaluation: DigestEvaluation,
): readonly { readonly one: TrackedAlert; readonly seconds: number }[] {
  return alerts.flatMap((one) => {
    const diagnosis = diagnosisOf(one.fingerprint, evaluation);
    const { problem, flapping, disableImminent } = one.alert;
    // A success in between begins the count anew.
    const isFailing = problem === 'failing' && flapping === undefined && diagnosis?.runState === 'failure';
    const seconds = isFailing ? secondsUntilDisabled(diagnosis, apiTimeOf(evaluation)) : undefined;
    if (seconds === undefined) return [];
    return [{ one, seconds: disableImminent ? seconds : roundDuration(seconds) }];
  });
}

/** "if this goes on, the platform disables it at about 14:00 UTC (in 6 h): about 1,200 rows a day into Finance / fees would stop". */
function disabledSoonText(alerts: readonly TrackedAlert[], evaluation: DigestEvaluation): Line {
  const failing = failingUntil(alerts, evaluation);
  if (failing.length === 0) return [];
  const count = failing.length;
  const which = count < alerts.length ? `${formatNumber(count)} of them` : count === 1 ? 'it' : 'them';
  const when = deadlineText(
    failing.map(({ seconds }) => seconds),
    apiTimeOf(evaluation),
  );
  return joined(
    [
      [words(`if this goes on, the platform disables ${which} `), ...when],
      stopsText(
        failing.map(({ one }) => one),
        evaluation,
      ),
    ],
    ': ',
  );
}

/** A forecast is never exact: to five minutes, from two hours on to half an hour. */
function roundDuration(seconds: number): number {
  const unit = seconds < 2 * HOUR_SECONDS ? 5 * MINUTE_SECONDS : HOUR_SECONDS / 2;
  return Math.max(unit, Math.round(seconds / unit) * unit);
}

/** "about 1,200 rows a day into Finance / fees would stop (late, not lost)": the platform keeps the cursor. */
export function stopsText(alerts: readonly TrackedAlert[], evaluation: DigestEvaluation): Line {
  const { explanations } = evaluation;
  if (explanations === undefined) return [];
  const perDay = alerts.flatMap(({ fingerprint, alert }) => {
    const rows = explanations.runs.get(fingerprint)?.usual.rows;
    const interval = alert.labels?.intervalSeconds;
    return rows === undefined || interval == null ? [] : [(rows * DAY_SECONDS) / interval];
  });
  const total = perDay.reduce((sum, rows) => sum + rows, 0);
  if (total < 1) return [];
  const about = perDay.length < alerts.length ? 'at least' : 'about';
  const areKept = alerts.every(
    ({ fingerprint }) => diagnosisOf(fingerprint, evaluation)?.sync.hasCursor === true,
  );
  return [
    words(`${about} ${roundNumber(total)} rows a day into `),
    ...destinationsOf(alerts, explanations.names),
    words(` would stop${areKept ? ' (late, not lost)' : ''}`),
  ];
}

/** "Finance / fees", "14 tables of Finance, Sales and Ops". */
function destinationsOf(alerts: readonly TrackedAlert[], names: Names): Line {
  const labels = alerts.flatMap(({ alert }) => alert.labels ?? []);
  const bases = [...new Set(labels.flatMap(({ kbUid }) => knowledgeBaseName(kbUid, names) ?? []))];
  const [only] = labels;
  if (alerts.length === 1) return [untrusted([...bases, only?.destTable ?? ''].join(' / '))];
  return [
    words(`${pluralize(alerts.length, 'table')} of `),
    ...listOf(
      bases.map((name) => [untrusted(name)]),
      3,
    ),
  ];
}

/** Two significant digits: it is a median of what was. */
function roundNumber(value: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return formatNumber(Math.round(value / unit) * unit);
}

/** What differs from the usual in the last run, or in the one in progress; each part stands alone. */
export function runTexts({ fingerprint }: TrackedAlert, evaluation: DigestEvaluation): readonly Line[] {
  const facts = evaluation.explanations?.runs.get(fingerprint);
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  if (facts === undefined || diagnosis === undefined) return [];
  return [...liveTexts(facts, apiTimeOf(evaluation)), ...emptyRunsText(facts), ...durationTexts(facts)].map(
    (text) => [words(text)],
  );
}

/** How many times the usual a run must take or move to be worth a word. */
const UNUSUAL_TIMES = 3;

function liveTexts({ live, usual }: RunFacts, now: Instant): readonly string[] {
  if (live === undefined) return [];
  const age = live.since === null ? undefined : secondsBetween(live.since, now);
  const isLong = usual.seconds !== undefined && age !== undefined && age > usual.seconds * UNUSUAL_TIMES;
  return [
    ...(live.rows === null ? [] : [`the run in progress has moved ${pluralize(live.rows, 'row')} so far`]),
    ...(isLong && usual.seconds !== undefined ? [`a run usually takes ${durationText(usual.seconds)}`] : []),
  ];
}

/** "the last 3 runs completed and moved 0 rows; usually about 1,200". */
function emptyRunsText({ emptyRuns, usual, last }: RunFacts): readonly string[] {
  if (last?.result !== 'completed' || usual.rows === undefined || usual.rows === 0) return [];
  const about = `; usually about ${roundNumber(usual.rows)}`;
  if (emptyRuns > 0) {
    const runs = emptyRuns === 1 ? 'the last run' : `the last ${formatNumber(emptyRuns)} runs`;
    return [`${runs} completed and moved 0 rows${about}`];
  }
  return last.rows !== null && isUnusual(last.rows, usual.rows)
    ? [`the last run moved ${pluralize(last.rows, 'row')}${about}`]
    : [];
}

function durationTexts({ last, usual, live }: RunFacts): readonly string[] {
  if (live !== undefined || last?.seconds == null || usual.seconds === undefined) return [];
  if (last.seconds <= usual.seconds * UNUSUAL_TIMES) return [];
  const verb = last.result === 'failed' ? 'the last run failed after' : 'the last run took';
  return [`${verb} ${durationText(last.seconds)}; usually ${durationText(usual.seconds)}`];
}

function isUnusual(value: number, usual: number): boolean {
  return value > usual * UNUSUAL_TIMES || value * UNUSUAL_TIMES < usual;
}

/** Why alerts that ended were open, where a run gave the error of at least half of them. */
export function pastErrorText(alerts: readonly TrackedAlert[], { explanations }: DigestEvaluation): Line {
  const errors = alerts.flatMap(({ fingerprint, alert }) => {
    const isFailure = alert.problem === 'failing' || alert.problem === 'disabled';
    return (isFailure && explanations?.runs.get(fingerprint)?.error) || [];
  });
  const largest = [...groupBy(errors, ({ signature }) => signature).values()].toSorted(
    (one, other) => other.length - one.length,
  )[0];
  const [error] = largest ?? [];
  if (error === undefined || largest === undefined || largest.length * 2 < alerts.length) return [];
  return [words('the error was '), briefError(error.text)];
}

/** "its agent is connected, seen at 10:25 UTC", where nothing failed and nothing was started. */
export function agentBackText(alerts: readonly TrackedAlert[], evaluation: DigestEvaluation): Line {
  const connectors = new Set(alerts.map(({ alert }) => alert.labels?.connectorId));
  const [only] = connectors;
  const wasIdle = alerts.every(({ alert: { problem } }) => problem === 'stalled');
  const seenAt = only == null ? undefined : evaluation.explanations?.agentsSeen.get(only);
  if (connectors.size !== 1 || !wasIdle || seenAt === undefined) return [];
  return [words('its agent is connected, seen at '), timeOfDay(seenAt, apiTimeOf(evaluation))];
}
