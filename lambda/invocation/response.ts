import type { Checked, Outcome, Stopped } from '../commands/outcome.ts';
import type { Reported } from '../commands/report.ts';
import type { Tested } from '../commands/test-deployment.ts';
import type { Change } from '../core/diagnose/tally.ts';
import { renderPlainText } from '../core/render/plain-text.ts';
import { type Figures, figuresOf } from './metrics.ts';
import { runbook, sectionsAbout } from './runbook.ts';

/** The JSON that an invocation answers with, for people and for programs. */
export type InvocationResponse = { readonly ok: boolean } & Readonly<Record<string, unknown>>;

/** What of an invocation is answered, and what is logged and measured of it: a line of the log holds 256 KB at most. */
export interface InvocationResult {
  readonly response: InvocationResponse;
  readonly log: Readonly<Record<string, unknown>>;
  /** What was told, each a line of the log of its own. */
  readonly notified: readonly Change[];
  /** Of a check. */
  readonly figures?: Figures;
}

/** More of what was told are counted; Lambda answers with 6 MB at most. */
const MAX_CHANGES = 1000;
const MAX_TEXT_LENGTH = 100_000;

/** What a check found, told and left due, and why; what it said as text. */
export function checkResult(outcome: Outcome): InvocationResult {
  const logged = checkLog(outcome, true);
  if (outcome.kind !== 'checked') return { response: { ok: true, ...stopped(outcome) }, ...logged };
  const key = outcome.dryRun ? 'wouldTell' : 'notified';
  const { digest, changes } = outcome;
  const omitted = changes.length - MAX_CHANGES;
  const answer = {
    ok: true,
    ...found(outcome),
    [key]: changes.slice(0, MAX_CHANGES),
    ...(omitted > 0 && { omitted }),
    ...(digest && { text: cut(renderPlainText(digest)) }),
  };
  return { response: answer, ...logged };
}

/** What is logged of a check and given to the metrics, also of one that failed: that one is thrown, and answers nothing. */
export function checkLog(outcome: Outcome | undefined, worked: boolean): Omit<InvocationResult, 'response'> {
  const figures = figuresOf(outcome, worked);
  if (outcome === undefined) return { log: { ok: worked }, notified: [], figures };
  const sections = worked ? sectionsAbout(outcome) : [];
  const beside = sections.length > 0 && { runbook: sections.map(runbook) };
  if (outcome.kind !== 'checked') {
    return { log: { ok: worked, ...stopped(outcome), ...beside }, notified: [], figures };
  }
  const { dryRun, changes, notified: told } = outcome;
  const counts = dryRun
    ? { wouldNotify: changes.length }
    : { notified: told.length, ...(!worked && { attempted: changes.length }) };
  const log = { ok: worked, ...found(outcome), ...counts, ...beside };
  return { log, notified: told.slice(0, MAX_CHANGES), figures };
}

function stopped({ kind: result, ...rest }: Stopped) {
  return { command: 'check', result, ...rest };
}

function found({ kind: result, changes: _tidings, notified: _told, digest: _digest, ...rest }: Checked) {
  return { command: 'check', result, ...rest };
}

export function reportResult({ kind: command, ...reported }: Reported): InvocationResult {
  const { unhealthy, healthy: _healthy, ...counts } = reported;
  return {
    response: { ok: true, command, ...reported },
    log: { ok: true, command, ...counts, unhealthy: unhealthy.length },
    notified: [],
  };
}

export function testResult({ kind: command, ...tested }: Tested): InvocationResult {
  const answer = { ok: true, command, ...tested };
  return { response: answer, log: answer, notified: [] };
}

/** Whole lines, as many as a person would read. */
function cut(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  return `${text.slice(0, text.lastIndexOf('\n', MAX_TEXT_LENGTH))}\n…`;
}
