import type { Step } from '../lambda/commands/test-deployment.ts';

/** The result of a test as text for a person: a line for each step. */
export function testText({
  steps,
}: {
  readonly steps: readonly (Omit<Step, 'step'> & { readonly step: string })[];
}): string {
  const lines = steps.map(
    ({ step, ok, message, durationMs }) =>
      `${ok ? 'ok    ' : 'FAILED'} ${step.padEnd(8)} ${message} (${durationMs} ms)`,
  );
  return lines.join('\n');
}
