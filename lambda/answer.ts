import type { Checked, Outcome, Stopped } from './outcome.ts';
import type { Reported } from './report.ts';
import type { Tested } from './test-command.ts';
import { plainText } from './text/plain-text.ts';

/** The JSON that an invocation answers with, for people and for programs. */
export type Answer = { readonly ok: boolean } & Readonly<Record<string, unknown>>;

/** What of an invocation is answered, and what is logged of it: a line of the log holds 256 KB at most. */
export interface Said {
  readonly answer: Answer;
  readonly log: Readonly<Record<string, unknown>>;
}

/** More of what was told are counted; Lambda answers with 6 MB at most. */
const MOST_TOLD = 1000;
const MOST_TOLD_IN_LOG = 20;
const LONGEST_TEXT = 100_000;

/** What a check found, told and left due, and why; what it said as text. */
export function checkSaid(outcome: Outcome): Said {
  if (outcome.kind !== 'checked') return stoppedSaid(outcome);
  const key = outcome.dryRun ? 'wouldTell' : 'told';
  const { digest } = outcome;
  return {
    answer: {
      ok: true,
      ...found(outcome, key, MOST_TOLD),
      ...(digest && { text: cut(plainText(digest)) }),
    },
    log: { ok: true, ...found(outcome, key, MOST_TOLD_IN_LOG) },
  };
}

/** The same of a check that failed: it is thrown, so it is only logged. Whether it told anything, its posts say. */
export function checkFailedLog(outcome: Outcome): Said['log'] {
  if (outcome.kind !== 'checked') return { ...stoppedSaid(outcome).log, ok: false };
  const key = outcome.dryRun ? 'wouldTell' : 'triedToTell';
  return { ok: false, ...found(outcome, key, MOST_TOLD_IN_LOG) };
}

function stoppedSaid({ kind: result, ...rest }: Stopped): Said {
  const answer = { ok: true, command: 'check', result, ...rest };
  return { answer, log: answer };
}

function found({ kind: result, tidings, digest: _digest, ...rest }: Checked, key: string, most: number) {
  const omitted = tidings.length - most;
  return {
    command: 'check',
    result,
    ...rest,
    [key]: tidings.slice(0, most),
    ...(omitted > 0 && { omitted }),
  };
}

export function reportSaid({ kind: command, ...reported }: Reported): Said {
  const { troubled, healthy: _healthy, ...counts } = reported;
  return {
    answer: { ok: true, command, ...reported },
    log: { ok: true, command, ...counts, troubled: troubled.length },
  };
}

export function testSaid({ kind: command, ...tested }: Tested): Said {
  const answer = { ok: true, command, ...tested };
  return { answer, log: answer };
}

/** Whole lines, as many as a person would read. */
function cut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, text.lastIndexOf('\n', LONGEST_TEXT))}\n…`;
}
