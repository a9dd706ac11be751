import { agentBackText, briefError, pastErrorText } from '../../../lambda/core/digest/explanation-lines.ts';
import { explain } from '../../../lambda/core/explain/explain.ts';
import { MINUTE } from '../../commands/a-world.ts';
import { aDiagnosis, ago, anAlert, aReminder, labelsOf, lineText, listed, policyOf } from '../a-digest.ts';
import { aConnector, aRun, completedRuns, runsOf } from '../explain/some-evidence.ts';

describe('an error on a lock screen', () => {
  it.each([
    ['timeout after 30 s', 'timeout after 30 s'],
    [
      'FATAL: password authentication failed for user "etl" at 10.4.0.17 (postgresql://***@db:5432/shop)',
      'password authentication failed for user "etl"',
    ],
    ['could not connect to postgresql://***@db-main.internal:5432/shop: timeout', 'could not connect'],
    [
      'HTTP 401 Unauthorized: Invalid API Key provided: ***',
      'HTTP 401 Unauthorized: Invalid API Key provided',
    ],
    [
      "APIError: [404]: Unable to parse range: 'Budget'!A1:Z900",
      "APIError: [404]: Unable to parse range: 'Budget'!A1:Z900",
    ],
    // What begins with an address has nothing else to say.
    ['https://api.example/v1: 503', 'https://api.example/v1: 503'],
    ['(none)', '(none)'],
    [`${'word '.repeat(16)}end`, `${'word '.repeat(15)}word…`],
    ['x'.repeat(81), `${'x'.repeat(79)}…`],
  ])('ends before an address or a bracket, and between words: %s', (text, brief) =>
    expect(briefError(text)).toEqual({ kind: 'untrusted', text: brief }),
  );
});

describe('why alerts that ended were open', () => {
  const alertOf = (name: string, problem: 'failing' | 'stalled') =>
    aReminder(`sync:${name}`, anAlert({ problem, labels: labelsOf(name) }));
  const evaluation = listed([aDiagnosis({ id: 'a' }), aDiagnosis({ id: 'b' }), aDiagnosis({ id: 'c' })]);
  const explained = (evidence: Parameters<typeof explain>[0]) => ({
    ...evaluation,
    explanations: explain(evidence, evaluation, policyOf({})),
  });

  it('is the error that at least half of them had', () => {
    const shown = explained(runsOf({ a: [...completedRuns(1), aRun(20)] }));
    const text = (...names: readonly string[]) =>
      lineText(
        pastErrorText(
          names.map((name) => alertOf(name, 'failing')),
          shown,
        ),
      );
    expect(text('a', 'b')).toBe('the error was `timeout after 30 s`');
    expect(text('a', 'b', 'c')).toBe('');
    expect(lineText(pastErrorText([alertOf('a', 'stalled')], shown))).toBe('');
  });

  it.each([
    [5 * MINUTE, 'its agent is connected, seen at 08:55'],
    [5 * MINUTE + 1000, ''],
  ])('is followed by when the agent of stalled ones was seen: %d ms ago', (milliseconds, text) => {
    const shown = explained({
      connectors: new Map([aConnector('postgres', { lastSeenAt: ago(milliseconds) })]),
    });
    expect(lineText(agentBackText([alertOf('a', 'stalled')], shown))).toBe(text);
    expect(lineText(agentBackText([alertOf('a', 'failing')], shown))).toBe('');
  });
});
