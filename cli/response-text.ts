import * as v from 'valibot';
import { pluralize } from '../lambda/core/digest/wording.ts';

const countsSchema = v.looseObject({
  listed: v.number(),
  healthy: v.number(),
  problems: v.record(v.string(), v.number()),
});
const postsSchema = v.looseObject({ accepted: v.number() });

const checkSchema = v.looseObject({
  command: v.literal('check'),
  result: v.literal('checked'),
  dryRun: v.boolean(),
  syncs: countsSchema,
  open: v.number(),
  posts: postsSchema,
  undelivered: v.looseObject({ count: v.number() }),
  text: v.optional(v.string()),
});
const stoppedSchema = v.looseObject({ command: v.literal('check'), because: v.string() });
const reportSchema = v.looseObject({
  command: v.literal('report'),
  syncs: countsSchema,
  open: v.number(),
  unhealthy: v.array(
    v.looseObject({
      id: v.nullable(v.string()),
      name: v.nullable(v.string()),
      severity: v.string(),
      says: v.string(),
    }),
  ),
  omitted: v.number(),
  posts: postsSchema,
});
const testSchema = v.looseObject({
  command: v.literal('test'),
  steps: v.array(
    v.looseObject({ step: v.string(), ok: v.boolean(), said: v.string(), durationsMs: v.number() }),
  ),
});
const refusalSchema = v.looseObject({ ok: v.literal(false), error: v.string() });

/** What the function answered, for a person to read; an answer that is not known here is shown as it came. */
export function responseText(answer: unknown): string {
  if (v.is(refusalSchema, answer)) return answer.error;
  if (v.is(checkSchema, answer)) return checkText(answer);
  if (v.is(stoppedSchema, answer)) return `Nothing done: ${answer.because}.`;
  if (v.is(reportSchema, answer)) return reportText(answer);
  if (v.is(testSchema, answer)) return testText(answer);
  return JSON.stringify(answer, null, 2);
}

function checkText(answer: v.InferOutput<typeof checkSchema>): string {
  const { syncs, open, posts, undelivered, dryRun, text } = answer;
  const parts = [
    countsText(syncs),
    `${pluralize(open, 'alert')} open`,
    dryRun ? 'dry run: nothing was posted or remembered' : `${pluralize(posts.accepted, 'message')} posted`,
    ...(undelivered.count > 0 && !dryRun ? [`${undelivered.count} still to be told`] : []),
  ];
  return [...(text === undefined ? [] : [text.trimEnd(), '']), `${parts.join('; ')}.`].join('\n');
}

function reportText(answer: v.InferOutput<typeof reportSchema>): string {
  const { syncs, open, unhealthy, omitted, posts } = answer;
  const rows = unhealthy.map(({ id, name, severity, says }) => {
    const what = [
      name ?? id ?? 'records without an id',
      ...(name !== null && id !== null ? [`(${id})`] : []),
    ];
    return `${severity.toUpperCase().padEnd(9)}${what.join(' ')}\n${' '.repeat(9)}${says}`;
  });
  const more = omitted > 0 ? [`… and ${omitted} more`] : [];
  const posted = posts.accepted > 0 ? `${pluralize(posts.accepted, 'message')} posted` : 'not posted';
  const summary = `${countsText(syncs)}; ${pluralize(open, 'alert')} open; ${posted}.`;
  return [...rows, ...more, ...(rows.length > 0 ? [''] : []), summary].join('\n');
}

function testText({ steps }: v.InferOutput<typeof testSchema>): string {
  const lines = steps.map(
    ({ step, ok, said, durationsMs }) =>
      `${ok ? 'ok    ' : 'FAILED'} ${step.padEnd(8)} ${said} (${durationsMs} ms)`,
  );
  return lines.join('\n');
}

/** "12 syncs: 10 healthy, 2 failing". */
function countsText({ listed, healthy, problems }: v.InferOutput<typeof countsSchema>): string {
  const unhealthy = Object.entries(problems)
    .filter(([, count]) => count > 0)
    .map(([problem, count]) => `${count} ${problem.replaceAll('_', ' ')}`);
  return `${pluralize(listed, 'sync')}: ${[`${healthy} healthy`, ...unhealthy].join(', ')}`;
}
