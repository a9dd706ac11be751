import { type Checked, type Outcome, outcomeOf, type Stopped } from '../commands/outcome.ts';
import type { Reported } from '../commands/report.ts';
import type { SilenceResult } from '../commands/silences.ts';
import type { Tested } from '../commands/test-deployment.ts';
import type { Change } from '../core/digest/changes.ts';
import { renderPlainText } from '../core/render/plain-text.ts';
import type { Command } from './event.ts';
import { type Figures, figuresOf } from './metrics.ts';
import { type RunbookSection, sectionsAbout } from './runbook.ts';

/** The JSON that an invocation returns, for people and for programs. */
export type InvocationResponse = { readonly ok: boolean } & Readonly<Record<string, unknown>>;

/** The response, the log entries and the metrics of an invocation. */
export interface InvocationResult {
  readonly response: InvocationResponse;
  /** The fields of its log entry: counts instead of lists, because CloudWatch takes 256 KB per entry at most. */
  readonly log: Readonly<Record<string, unknown>>;
  /** The changes that Slack accepted: each gets a log entry of its own. */
  readonly notified: readonly Change[];
  /** The sections of the runbook about its findings. */
  readonly sections: readonly RunbookSection[];
  /** Of a check only. */
  readonly figures?: Figures;
}

/** A failure has no response: its error is thrown. */
type FailureResult = Omit<InvocationResult, 'response'>;

/** The response lists this many changes and decisions, and counts the others: Lambda responds with 6 MB at most. */
const MAX_LISTED = 1000;
/** In UTF-16 code units. */
const MAX_TEXT_LENGTH = 100_000;

export function checkResult(outcome: Outcome): InvocationResult {
  const logged = checkLog(outcome, true);
  if (outcome.kind !== 'checked') return { response: { ok: true, ...stoppedFields(outcome) }, ...logged };
  const { digests, changes, decisions, dryRun } = outcome;
  const omitted = changes.length - MAX_LISTED;
  const omittedDecisions = decisions.length - MAX_LISTED;
  const response = {
    ok: true,
    ...checkedFields(outcome),
    [dryRun ? 'wouldNotify' : 'notified']: changes.slice(0, MAX_LISTED),
    ...(omitted > 0 && { omitted }),
    decisions: decisions.slice(0, MAX_LISTED),
    ...(omittedDecisions > 0 && { omittedDecisions }),
    ...(digests.length > 0 && {
      text: truncated(digests.map((digest) => renderPlainText(digest)).join('\n\n')),
    }),
  };
  return { response, ...logged };
}

/** The log entries and the metrics of a command that failed with this error. */
export function failureResult({ command }: Command, error: unknown): FailureResult {
  return command === 'check' ? checkLog(outcomeOf(error), false) : { log: {}, notified: [], sections: [] };
}

function checkLog(outcome: Outcome | undefined, ok: boolean): FailureResult {
  const figures = figuresOf(outcome, ok);
  if (outcome === undefined) return { log: { ok }, notified: [], sections: [], figures };
  // The entry of a failure names one section: the one about its error.
  const sections = ok ? sectionsAbout(outcome) : [];
  if (outcome.kind !== 'checked') {
    return { log: { ok, ...stoppedFields(outcome) }, notified: [], sections, figures };
  }
  const { dryRun, changes, notified } = outcome;
  const counts = dryRun
    ? { wouldNotify: changes.length }
    : { notified: notified.length, ...(!ok && { attempted: changes.length }) };
  const log = { ok, ...checkedFields(outcome), ...counts };
  return { log, notified: notified.slice(0, MAX_LISTED), sections, figures };
}

function stoppedFields({ kind: result, ...rest }: Stopped) {
  return { command: 'check', result, ...rest };
}

/** The fields that response and log have in common. */
function checkedFields({
  kind: result,
  changes: _changes,
  notified: _notified,
  decisions: _decisions,
  digests: _digests,
  ...rest
}: Checked) {
  return { command: 'check', result, ...rest };
}

export function reportResult({ kind: command, digest, ...reported }: Reported): InvocationResult {
  const { unhealthy, healthy: _healthy, ...counts } = reported;
  return {
    response: { ok: true, command, ...reported, text: truncated(renderPlainText(digest)) },
    log: { ok: true, command, ...counts, unhealthy: unhealthy.length },
    notified: [],
    sections: [],
  };
}

export function testResult({ kind: command, passed: ok, ...tested }: Tested): InvocationResult {
  const response = { ok, command, ...tested };
  return { response, log: response, notified: [], sections: [] };
}

/** A request that cannot be met is a usage error, and no failure of the function. */
export function silenceResult(command: Command['command'], result: SilenceResult): InvocationResult {
  if (result.kind === 'usage_error') {
    const response = { ok: false, error: result.error };
    return { response, log: { command, ...response }, notified: [], sections: [] };
  }
  const { kind: _kind, ...fields } = result;
  const response = { ok: true, command, ...fields };
  const log = 'silences' in fields ? { ok: true, command, count: fields.silences.length } : response;
  return { response, log, notified: [], sections: [] };
}

/** The first lines of the text, as many whole ones as fit, and "…" in place of the rest. */
function truncated(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  return `${text.slice(0, text.lastIndexOf('\n', MAX_TEXT_LENGTH))}\n…`;
}
