import * as v from 'valibot';
import { alertMatcher } from '../core/parse/parse-matcher.ts';
import type { Silence } from '../core/silence.ts';
import { DAY_SECONDS, type Instant, secondsBetween } from '../core/time.ts';
import type { StoredSilences } from './state-store.ts';

/** A silence with another version has a meaning that this program does not know: it is not applied, and stays. */
const SCHEMA_VERSION = 1;
/** A silence that has ended is listed for so long. */
export const ENDED_KEPT_SECONDS = DAY_SECONDS;

const instant = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));

const common = {
  schemaVersion: v.literal(SCHEMA_VERSION),
  id: v.string(),
  startsAt: instant,
  endsAt: instant,
  createdAt: instant,
  reason: v.string(),
  author: v.string(),
};

const acknowledged = v.looseObject({
  fingerprint: v.string(),
  since: instant,
  severity: v.picklist(['warning', 'critical']),
});

const silenceSchema = v.variant('kind', [
  // Strict in the matcher: to ignore a field of it would silence more.
  v.looseObject({ ...common, kind: v.literal('matcher'), match: alertMatcher }),
  v.looseObject({ ...common, kind: v.literal('alerts'), alerts: v.array(v.string()) }),
  v.looseObject({ ...common, kind: v.literal('acknowledgement'), alerts: v.array(acknowledged) }),
]) satisfies v.GenericSchema<unknown, Silence>;

/** The document of a silence: plain JSON. */
export function encodeSilence(silence: Silence): Readonly<Record<string, unknown>> {
  return { ...silence, schemaVersion: SCHEMA_VERSION };
}

/** Reads stored silences; undefined where there are none. */
export function decodeSilences(
  stored: readonly { readonly id: string; readonly document: unknown }[],
): StoredSilences | undefined {
  if (stored.length === 0) return undefined;
  const known: Silence[] = [];
  const unknown: string[] = [];
  for (const { id, document } of stored) {
    const parsed = v.safeParse(silenceSchema, document);
    if (!parsed.success) unknown.push(id);
    else known.push(withoutVersion(parsed.output));
  }
  return { known, unknown };
}

function withoutVersion(stored: v.InferOutput<typeof silenceSchema>): Silence {
  const { schemaVersion: _schemaVersion, ...silence } = stored;
  return silence;
}

/** Whether it ended so long ago that nobody needs to see it. */
export function isLongOver({ endsAt }: Pick<Silence, 'endsAt'>, now: Instant): boolean {
  return secondsBetween(endsAt, now) > ENDED_KEPT_SECONDS;
}
