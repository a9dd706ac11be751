import type { Tidings } from './core/outcome.ts';
import { type Figures, figuresOf } from './metrics.ts';
import type { Checked, Outcome, Stopped } from './outcome.ts';
import type { Reported } from './report.ts';
import { runbook, sectionsAbout } from './runbook.ts';
import type { Tested } from './test-command.ts';
import { plainText } from './text/plain-text.ts';

/** The JSON that an invocation answers with, for people and for programs. */
export type Answer = { readonly ok: boolean } & Readonly<Record<string, unknown>>;

/** What of an invocation is answered, and what is logged and measured of it: a line of the log holds 256 KB at most. */
export interface Said {
  readonly answer: Answer;
  readonly log: Readonly<Record<string, unknown>>;
  /** What was told, each a line of the log of its own. */
  readonly told: readonly Tidings[];
  /** Of a check. */
  readonly figures?: Figures;
}

/** More of what was told are counted; Lambda answers with 6 MB at most. */
const MOST_TOLD = 1000;
const LONGEST_TEXT = 100_000;

/** What a check found, told and left due, and why; what it said as text. */
export function checkSaid(outcome: Outcome): Said {
  const logged = checkLog(outcome, true);
  if (outcome.kind !== 'checked') return { answer: { ok: true, ...stopped(outcome) }, ...logged };
  const key = outcome.dryRun ? 'wouldTell' : 'told';
  const { digest, tidings } = outcome;
  const omitted = tidings.length - MOST_TOLD;
  const answer = {
    ok: true,
    ...found(outcome),
    [key]: tidings.slice(0, MOST_TOLD),
    ...(omitted > 0 && { omitted }),
    ...(digest && { text: cut(plainText(digest)) }),
  };
  return { answer, ...logged };
}

/** What is logged of a check and given to the metrics, also of one that failed: that one is thrown, and answers nothing. */
export function checkLog(outcome: Outcome | undefined, worked: boolean): Omit<Said, 'answer'> {
  const figures = figuresOf(outcome, worked);
  if (outcome === undefined) return { log: { ok: worked }, told: [], figures };
  const sections = worked ? sectionsAbout(outcome) : [];
  const beside = sections.length > 0 && { runbook: sections.map(runbook) };
  if (outcome.kind !== 'checked') {
    return { log: { ok: worked, ...stopped(outcome), ...beside }, told: [], figures };
  }
  const { dryRun, tidings, told } = outcome;
  const counts = dryRun
    ? { wouldTell: tidings.length }
    : { told: told.length, ...(!worked && { triedToTell: tidings.length }) };
  const log = { ok: worked, ...found(outcome), ...counts, ...beside };
  return { log, told: told.slice(0, MOST_TOLD), figures };
}

function stopped({ kind: result, ...rest }: Stopped) {
  return { command: 'check', result, ...rest };
}

function found({ kind: result, tidings: _tidings, told: _told, digest: _digest, ...rest }: Checked) {
  return { command: 'check', result, ...rest };
}

export function reportSaid({ kind: command, ...reported }: Reported): Said {
  const { troubled, healthy: _healthy, ...counts } = reported;
  return {
    answer: { ok: true, command, ...reported },
    log: { ok: true, command, ...counts, troubled: troubled.length },
    told: [],
  };
}

export function testSaid({ kind: command, ...tested }: Tested): Said {
  const answer = { ok: true, command, ...tested };
  return { answer, log: answer, told: [] };
}

/** Whole lines, as many as a person would read. */
function cut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, text.lastIndexOf('\n', LONGEST_TEXT))}\n…`;
}
