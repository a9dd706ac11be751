import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { words } from '../../lambda/core/digest/rich-text.ts';
import { checkResult, failureResult } from '../../lambda/invocation/response.ts';
import { aCheck } from './a-check.ts';

/** The text of a digest with this many characters in all: a headline, a last line, and an empty line between them. */
function textOf(headline: string, last: string): unknown {
  const digest = {
    environment: 'prod',
    headline,
    push: [],
    sections: [],
    context: [words(last)],
    moreHint: '',
  };
  return checkResult(aCheck({ digests: [digest] })).response['text'];
}

describe('the text in the response of a check', () => {
  it('is complete up to 100,000 characters', () => {
    const last = 'y'.repeat(100_000 - 'headline\n\n'.length);
    expect(textOf('headline', last)).toBe(`headline\n\n${last}`);
  });

  it('of 100,001 characters ends with the last line that fits, and "…"', () => {
    const last = 'y'.repeat(100_001 - 'headline\n\n'.length);
    expect(textOf('headline', last)).toBe('headline\n\n…');
  });

  it('keeps a line that ends at 100,000 characters', () => {
    const headline = 'x'.repeat(99_999);
    expect(textOf(headline, 'y')).toBe(`${headline}\n\n…`);
  });
});

describe('the changes of a check', () => {
  const changes = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      alert: `sync:${index}`,
      name: null,
      problem: 'failing',
      severity: 'warning',
      reason: 'new' as const,
    }));

  it.each([
    [999, 999, undefined],
    [1000, 1000, undefined],
    [1001, 1000, 1],
  ])('that are %d are listed up to 1,000, and the others counted', (count, listed, omitted) => {
    const all = changes(count);
    const { response, log, notified } = checkResult(aCheck({ changes: all, notified: all }));
    expect(response['notified']).toHaveLength(listed);
    expect(response['omitted']).toBe(omitted);
    expect(log['notified']).toBe(count);
    expect(notified).toHaveLength(listed);
  });
});

describe('the log entry of a check', () => {
  const outcome = aCheck({
    posts: { accepted: 1, refused: 0, unconfirmed: 0, repeated: 1 },
    clockSkew: 'the state holds a time in the future',
  });

  it('names every section about sync-alerts itself', () => {
    expect(checkResult(outcome).sections).toEqual([
      'records-that-cannot-be-read',
      'a-notification-was-sent-twice',
      'clocks-disagree',
    ]);
  });

  it('has no such links when the check failed, which links to the section about its error', () => {
    const failed = new CheckFailed([new Error('the listing failed')], outcome);
    const { log } = failureResult({ command: 'check', dryRun: false }, failed);
    expect(log).toMatchObject({ ok: false, open: 7 });
    expect(log).not.toHaveProperty('runbook');
  });

  it('lists no change, no decision and no text', () => {
    const { log } = checkResult(outcome);
    for (const field of ['changes', 'decisions', 'digest', 'text']) expect(log).not.toHaveProperty(field);
  });
});
