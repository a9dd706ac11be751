import type { Alert } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import { apiTimeOf, diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import type { TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import { secondsBetween } from '../time.ts';
import { briefWindowSeconds, flapWindowSeconds } from '../track/flapping.ts';
import { adviceLine } from './advice-line.ts';
import type { Item } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { evidence, pastPhrase, problemPhrase } from './evidence.ts';
import {
  briefExplanation,
  consequences,
  explanationOf,
  explanationText,
  lateText,
  runTexts,
  stopsText,
} from './explanation-lines.ts';
import { disableForecast } from './forecast.ts';
import { coverageOf, nameOf, placeOf, sourceOf } from './names.ts';
import { joined, type Line, link, moment, strong, untrusted, words } from './rich-text.ts';
import { durationText, ordinal, pluralize, windowText } from './wording.ts';

/** An open alert: why it is sent, the evidence of this evaluation, and what the neighbouring routes say about it. */
export function openLine(one: TrackedAlert, reason: NotifyReason, evaluation: DigestEvaluation): Item {
  const explanation = explanationOf(one, evaluation);
  const head = [...subject(one, evaluation), words(' '), strong(phraseOf(one, evaluation))];
  const news = qualifier(one, reason, evaluation);
  const forecast = forecastOf(one, evaluation);
  const headline = [...head, ...(forecast.length > 0 ? [words(': '), ...forecast] : news)];
  const late = explanation?.kind === 'agent' ? lateText(explanation.trouble, apiTimeOf(evaluation)) : [];
  const stops = stopsText([one], evaluation);
  const action = adviceLine([one], explanation, evaluation);
  const next =
    forecast.length === 0
      ? joined([late, consequences([one], explanation, evaluation)], ', ')
      : joined([explanation === undefined ? [] : forecast, stops], ': ');
  const said = { reason, isDestinationSaid: stops.length > 0 && next.length > 0 && late.length === 0 };
  return {
    level: one.alert.severity,
    title:
      explanation === undefined ? headline : [...head, ...news, ...explanationText(explanation, evaluation)],
    ...(explanation && { push: [...head, ...news, ...briefExplanation(explanation, [one], evaluation)] }),
    detail: joined([next, ...runTexts(one, evaluation), openDetail(one, said, evaluation)], ' · '),
    ...(action.length > 0 && { action }),
    covers: [coverageOf(one, reason, true)],
  };
}

function phraseOf({ fingerprint, alert }: TrackedAlert, evaluation: Evaluation): string {
  if (isInFlapHold(fingerprint, alert, evaluation)) return flapHoldPhrase(fingerprint);
  if (alert.flapping === 'intermittent') return 'fails intermittently';
  return problemPhrase(alert.problem);
}

function flapHoldPhrase(fingerprint: string): string {
  if (isSyncFingerprint(fingerprint)) return 'is healthy for now, but it flaps';
  const verb = fingerprint === 'listing' ? 'list syncs' : 'be read';
  return `can ${verb} for now, but that fails intermittently`;
}

/** Whether a flapping alert is healthy by this evaluation, and held open until it has been so for long enough. */
export function isInFlapHold(fingerprint: string, { healthySince }: Alert, evaluation: Evaluation): boolean {
  if (healthySince === undefined || evaluation.kind === 'unavailable') return false;
  const verdict = diagnosisOf(fingerprint, evaluation)?.verdict;
  return verdict === undefined ? !isSyncFingerprint(fingerprint) : verdict.kind === 'healthy';
}

/** "the next failure disables it at about 04:35 UTC (in 40 m)", when that is to be sent. */
function forecastOf({ fingerprint, alert }: TrackedAlert, evaluation: Evaluation): Line {
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  if (!alert.disableImminent || !isNearDisable(diagnosis)) return [];
  const forecast = disableForecast(diagnosis, apiTimeOf(evaluation));
  return forecast ?? [];
}

/** ", critical now", ", 4th time in 24 h", ", was critical from … to …". */
function qualifier(
  { fingerprint, alert, logEntry }: TrackedAlert,
  reason: NotifyReason,
  evaluation: Evaluation,
): Line {
  const { critical } = alert;
  if (fingerprint === 'listing' && evaluation.kind === 'unavailable')
    return [words(': '), untrusted(statusOf(evaluation.failure.received))];
  if (reason === 'escalated' && critical?.to === undefined) return [words(', '), strong('critical now')];
  const sent = logEntry.lastNotified?.problems.at(-1);
  if (reason === 'changed' && sent !== undefined && sent !== alert.problem)
    return [words(` now, it ${pastPhrase(sent)}`)];
  const stretch = reason === 'escalated' || reason === 'new' ? pastCriticalStretch(alert) : [];
  const past = stretch.length === 0 ? [] : [words(', was '), ...stretch];
  return reason === 'new' ? [...timesText(alert), ...past] : past;
}

/** Whether it has as many failures in a row now: a success since the countdown was sent ends it. */
export function isNearDisable(diagnosis: Diagnosis | undefined): diagnosis is Diagnosis {
  return diagnosis?.verdict.kind === 'problem' && diagnosis.verdict.criticalBy === 'failures';
}

/** ", 4th time in 24 h". */
function timesText({ flapping, firings, labels }: Alert): Line {
  if (flapping !== 'often' || firings.length < 2) return [];
  return [words(`, ${ordinal(firings.length)} time in ${windowText(flapWindowSeconds(labels))}`)];
}

/** "401 Unauthorized" of "401 Unauthorized (token revoked), 2 attempts". */
function statusOf(received: string): string {
  return received.split(/[,(]/)[0]?.trim() ?? received;
}

/** "critical from … to …", when the current firing was critical and is not any more. */
export function pastCriticalStretch({ critical, since }: Alert): Line {
  if (critical?.to === undefined || critical.from < since) return [];
  return [words('critical from '), moment(critical.from), words(' to '), moment(critical.to)];
}

function openDetail(
  { fingerprint, alert }: TrackedAlert,
  { reason, isDestinationSaid }: { readonly reason: NotifyReason; readonly isDestinationSaid: boolean },
  evaluation: DigestEvaluation,
): Line {
  const now = evaluation.at;
  const openSeconds = secondsBetween(alert.since, now);
  const { successLagSeconds } = diagnosisOf(fingerprint, evaluation) ?? {};
  // The last success says it already.
  const isRepeated = successLagSeconds != null && successLagSeconds >= openSeconds;
  const openFor = openSeconds > 0 && !isRepeated ? [words(`open for ${durationText(openSeconds)}`)] : [];
  const healthyFor = durationText(secondsBetween(alert.healthySince ?? now, now));
  const hold = isInFlapHold(fingerprint, alert, evaluation)
    ? [words(`healthy for ${healthyFor}, held open because it flaps`)]
    : [];
  if (fingerprint === 'listing') return joined([...listingFailureText(evaluation), hold, openFor], ' · ');
  const names = evaluation.explanations?.names;
  const place = isDestinationSaid ? sourceOf(alert, names) : placeOf(alert, names);
  if (evaluation.kind === 'unavailable') return joined([[words('as last listed')], openFor, place], ' · ');
  if (fingerprint === 'records') return joined([[words('each lacks a usable id')], openFor], ' · ');
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  if (diagnosis === undefined) return joined([[words('not in the last listing')], openFor, place], ' · ');
  const parts = [
    intermittentText(alert, reason),
    evidence(diagnosis, now, {
      apiNow: apiTimeOf(evaluation),
      error: evaluation.explanations?.runs.get(fingerprint)?.error?.text,
    }),
    hold,
    unprovenText(diagnosis),
    openFor,
    place,
    ownerText(diagnosis),
  ];
  return joined(parts, ' · ');
}

/** "owner data-eng". */
function ownerText({ rules: { owner } }: Diagnosis): Line {
  return owner === undefined ? [] : [words('owner '), untrusted(owner)];
}

/** "4 failures in 2 h, with successes in between"; later only that it goes on. */
function intermittentText({ flapping, labels }: Alert, reason: NotifyReason): Line {
  if (flapping !== 'intermittent') return [];
  if (reason !== 'new') return [words('it fails and succeeds in turn')];
  const window = windowText(briefWindowSeconds(labels));
  return [words(`4 failures in ${window}, with successes in between`)];
}

function unprovenText({ verdict }: Diagnosis): Line {
  return verdict.kind === 'inconclusive' ? [words('nothing proves yet that it recovered')] : [];
}

const MAX_FAILURE_LENGTH = 240;

/** What was requested, what came back, what stays as it was, and what to do. */
function listingFailureText(evaluation: DigestEvaluation): readonly Line[] {
  if (evaluation.kind === 'listed') return [];
  const { kind, request, received } = evaluation.failure;
  return [
    [
      words('requested '),
      untrusted(request, MAX_FAILURE_LENGTH),
      words(', received '),
      untrusted(received, MAX_FAILURE_LENGTH),
    ],
    [words('open alerts stay open; nothing is judged until this works')],
    [words(LISTING_ADVICE[kind])],
    evaluation.runbook === undefined ? [] : [link('runbook', `${evaluation.runbook}${LISTING_SECTION}`)],
  ];
}

/** The section of docs/runbook.md. */
const LISTING_SECTION = '#the-syncs-cannot-be-listed';

const LISTING_ADVICE = {
  refused: 'Put a valid API key of this organisation into the secret; the next check uses it.',
  failed: 'Each check tries again. If this lasts, look at the status of Timbal and at the network.',
  malformed: 'Check the base URL; otherwise the API has a fault.',
  unreadable: 'The API may have changed: update sync-alerts, or report these fields.',
  empty:
    'Check that the API key still sees the organisation. After a day of empty listings they count as deleted.',
} as const;

/** Unreadable records with the same faults, as one line. */
export function unreadableLine(
  alerts: readonly TrackedAlert[],
  reasonOf: (one: TrackedAlert) => NotifyReason,
  evaluation: Evaluation,
): Item {
  const [first] = alerts;
  const faults = first === undefined ? [] : (diagnosisOf(first.fingerprint, evaluation)?.faults ?? []);
  const total = evaluation.recordCount;
  return {
    level: alerts.some(({ alert }) => alert.severity === 'critical') ? 'critical' : 'warning',
    title: [
      strong(`${alerts.length} of ${pluralize(total, 'record')} cannot be read`),
      words(`: ${faults.join(', ')}`),
    ],
    detail: joined(
      [
        alerts
          .slice(0, 3)
          .map((one) => nameOf(one))
          .flatMap((name, index) => (index === 0 ? [name] : [words(', '), name])),
      ],
      '',
    ),
    covers: alerts.map((one, index) => coverageOf(one, reasonOf(one), index < 3)),
  };
}

/** What an alert is about: a sync by its name, the listing, or the records without an id. */
export function subject(one: TrackedAlert, evaluation?: DigestEvaluation): Line {
  if (one.fingerprint === 'listing') return [strong('sync-alerts')];
  if (one.fingerprint !== 'records') return [nameOf(one, evaluation?.linkOf)];
  const count = evaluation?.kind === 'listed' ? evaluation.withoutId : 0;
  return [strong(count > 0 ? pluralize(count, 'record') : 'Some records')];
}
