import * as v from 'valibot';
import { untrusted } from '../lambda/core/digest/rich-text.ts';
import { formatNumber } from '../lambda/core/digest/wording.ts';
import { decisionsText } from './decisions-text.ts';
import type { InvokeOptions } from './invoke-options.ts';
import { checkSummary, reportSummary, syncCountsSchema } from './summary-line.ts';

const postsSchema = v.object({ accepted: v.number() });

const checkedSchema = v.object({
  command: v.literal('check'),
  result: v.literal('checked'),
  dryRun: v.boolean(),
  syncs: syncCountsSchema,
  open: v.number(),
  posts: postsSchema,
  undelivered: v.object({ count: v.number() }),
  text: v.optional(v.string()),
  decisions: v.optional(
    v.array(v.object({ alert: v.string(), name: v.nullable(v.string()), text: v.string() })),
  ),
  omittedDecisions: v.optional(v.number()),
});
const stoppedSchema = v.object({ command: v.literal('check'), reason: v.string() });
const reportSchema = v.object({
  command: v.literal('report'),
  syncs: syncCountsSchema,
  open: v.number(),
  unhealthy: v.array(
    v.object({
      id: v.nullable(v.string()),
      name: v.nullable(v.string()),
      severity: v.string(),
      summary: v.string(),
    }),
  ),
  omitted: v.number(),
  ruleNotes: v.array(v.object({ rule: v.string(), match: v.string(), note: v.string() })),
  posts: postsSchema,
});
const testSchema = v.object({
  command: v.literal('test'),
  steps: v.array(
    v.object({ step: v.string(), ok: v.boolean(), message: v.string(), durationMs: v.number() }),
  ),
});
const usageErrorSchema = v.object({ ok: v.literal(false), error: v.string() });

/** The response of the function as text for a person. A response of another shape is printed as JSON. */
export function responseText(response: unknown, { verbose }: Pick<InvokeOptions, 'verbose'>): string {
  if (v.is(usageErrorSchema, response)) return response.error;
  if (v.is(checkedSchema, response)) return checkedText(response, verbose);
  if (v.is(stoppedSchema, response)) return `The check stopped: ${response.reason}.`;
  if (v.is(reportSchema, response)) return reportText(response);
  if (v.is(testSchema, response)) return testText(response);
  return JSON.stringify(response, null, 2);
}

function checkedText(response: v.InferOutput<typeof checkedSchema>, verbose: boolean): string {
  const { text, decisions, omittedDecisions } = response;
  const parts = [
    ...(text === undefined ? [] : [text.trimEnd()]),
    checkSummary(response, text === undefined ? 'nothing' : 'slack'),
    ...(verbose && decisions !== undefined ? [decisionsText(decisions, omittedDecisions)] : []),
  ];
  return parts.join('\n\n');
}

function reportText(response: v.InferOutput<typeof reportSchema>): string {
  const { unhealthy, omitted, ruleNotes } = response;
  const rows = unhealthy.map(({ id, name, severity, summary }) => {
    return `${severity.toUpperCase().padEnd(9)}${syncName(name, id)}\n${' '.repeat(9)}${summary}`;
  });
  const more = omitted > 0 ? [`… and ${formatNumber(omitted)} more`] : [];
  const notes = ruleNotes.map(({ rule, match, note }) => `${rule} of the policy (${match}) ${note}`);
  const paragraphs = [[...rows, ...more], notes, [reportSummary(response)]];
  return paragraphs.flatMap((lines) => (lines.length === 0 ? [] : [lines.join('\n')])).join('\n\n');
}

/** "orders (sync_42)". A row without an id stands for all records without one. */
function syncName(name: string | null, id: string | null): string {
  const [shown, ...others] = [name, id].flatMap((text) => (text === null ? [] : [untrusted(text).text]));
  return [shown ?? 'records without an id', ...others.map((text) => `(${text})`)].join(' ');
}

function testText({ steps }: v.InferOutput<typeof testSchema>): string {
  const lines = steps.map(
    ({ step, ok, message, durationMs }) =>
      `${ok ? 'ok    ' : 'FAILED'} ${step.padEnd(8)} ${message} (${durationMs} ms)`,
  );
  return lines.join('\n');
}
