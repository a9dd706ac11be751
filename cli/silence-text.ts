import * as v from 'valibot';
import { untrusted } from '../lambda/core/digest/rich-text.ts';
import { pluralize } from '../lambda/core/digest/wording.ts';

const viewSchema = v.object({
  id: v.string(),
  kind: v.string(),
  selects: v.string(),
  status: v.string(),
  from: v.string(),
  until: v.string(),
  reason: v.string(),
  author: v.string(),
  syncs: v.nullable(v.number()),
  alerts: v.number(),
  names: v.array(v.string()),
});
type View = v.InferOutput<typeof viewSchema>;
const listSchema = v.object({ silences: v.array(viewSchema), unknown: v.array(v.string()) });
const addedSchema = v.object({ silence: viewSchema });
const endedSchema = v.object({ id: v.string(), at: v.string() });

/** The result of a command about silences as text for a person; undefined for any other response. */
export function silenceText(response: unknown): string | undefined {
  if (v.is(addedSchema, response)) return addedText(response.silence);
  if (v.is(listSchema, response)) return listText(response);
  return v.is(endedSchema, response) ? `Ended ${shown(response.id)}.` : undefined;
}

function addedText(view: View): string {
  const { id, kind, status, from } = view;
  const verb = kind === 'acknowledgement' ? 'Acknowledged' : 'Silenced';
  const begin = status === 'later' ? ` from ${time(from)}` : '';
  return `${verb}${begin} until ${time(view.until)} (${id}): ${shown(view.selects)}.\n${matchesText(view)}.`;
}

/** "3 syncs match now, 2 alerts are open: orders, refunds". */
function matchesText({ syncs, alerts, names }: View): string {
  const more = alerts > names.length ? ` and ${alerts - names.length} more` : '';
  const open =
    alerts === 0
      ? 'no alert of it is open'
      : `${pluralize(alerts, 'alert')} of it ${alerts === 1 ? 'is' : 'are'} open: ${names.map(shown).join(', ')}${more}`;
  if (syncs === 0) return `No sync of the listing matches; ${open}`;
  if (syncs === null) return capitalizedOpen(open);
  return `${pluralize(syncs, 'sync')} of the listing ${syncs === 1 ? 'matches' : 'match'}; ${open}`;
}

function capitalizedOpen(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function listText({ silences, unknown }: v.InferOutput<typeof listSchema>): string {
  const rows = silences.map((view) => {
    const { id, status, from, until, reason, author } = view;
    const span = status === 'later' ? `${time(from)} to ${time(until)}` : `until ${time(until)}`;
    const why = reason === '' ? '' : `: ${shown(reason)}`;
    return `${id}  ${status.padEnd(6)}  ${shown(view.selects)}, ${span}, by ${shown(author)}${why}\n      ${matchesText(view)}`;
  });
  const foreign = unknown.map(
    (id) => `${shown(id)}  was written by a newer version: it silences nothing here`,
  );
  return rows.length + foreign.length === 0 ? 'Nothing is silenced.' : [...rows, ...foreign].join('\n');
}

/** "2026-12-01 08:00 UTC". */
function time(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

function shown(text: string): string {
  return untrusted(text, 200).text;
}
