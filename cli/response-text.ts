import * as v from 'valibot';
import { decisionsText } from './decisions-text.ts';
import { silenceText } from './silence-text.ts';
import { checkSummary, leftUndelivered, reportSummary, syncCountsSchema } from './summary-line.ts';
import { testText } from './test-text.ts';

const postsSchema = v.object({ accepted: v.number() });

const checkedSchema = v.object({
  command: v.literal('check'),
  result: v.literal('checked'),
  dryRun: v.boolean(),
  syncs: syncCountsSchema,
  open: v.number(),
  posts: postsSchema,
  undelivered: v.object({ count: v.number() }),
  heartbeat: v.exactOptional(v.object({ ok: v.boolean(), error: v.exactOptional(v.string()) })),
  text: v.optional(v.string()),
  decisions: v.optional(
    v.array(
      v.object({
        alert: v.string(),
        name: v.nullable(v.string()),
        text: v.string(),
        destination: v.exactOptional(v.string()),
      }),
    ),
  ),
  omittedDecisions: v.optional(v.number()),
});
const stoppedSchema = v.object({ command: v.literal('check'), reason: v.string() });
const reportSchema = v.object({
  command: v.literal('report'),
  syncs: syncCountsSchema,
  open: v.number(),
  unhealthy: v.array(v.unknown()),
  text: v.string(),
  posts: postsSchema,
});
const testSchema = v.object({
  command: v.literal('test'),
  steps: v.array(
    v.object({ step: v.string(), ok: v.boolean(), message: v.string(), durationMs: v.number() }),
  ),
});
const usageErrorSchema = v.object({ ok: v.literal(false), error: v.string() });

const silenceSchema = v.looseObject({
  ok: v.literal(true),
  command: v.picklist(['silence', 'ack', 'silences', 'unsilence']),
});

/** The response of the function as text for a person. A response of another shape is printed as JSON. */
export function responseText(response: unknown, verbose: boolean): string {
  if (v.is(usageErrorSchema, response)) return response.error;
  if (v.is(checkedSchema, response)) return checkedText(response, verbose);
  if (v.is(stoppedSchema, response)) return `The check stopped: ${response.reason}.`;
  if (v.is(reportSchema, response)) return `${response.text}\n\n${reportSummary(response)}`;
  if (v.is(testSchema, response)) return testText(response);
  if (v.is(silenceSchema, response)) return silenceText(response) ?? JSON.stringify(response, null, 2);
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

/** Whether the response says anything new; one that is not understood does. */
export function hasNews(response: unknown): boolean {
  if (v.is(checkedSchema, response)) return response.text !== undefined || response.undelivered.count > 0;
  if (v.is(reportSchema, response)) return response.unhealthy.length > 0;
  return !v.is(stoppedSchema, response) && !v.is(testSchema, response);
}

/** Whether a command that the function answered did not do what it was to do. */
export function isFailure(response: unknown): boolean {
  return v.is(checkedSchema, response) && leftUndelivered(response);
}
