import type { Facts } from './core/alert.ts';
import type { Due } from './core/announce.ts';
import type { Digest } from './core/digest.ts';
import type { Look } from './core/look.ts';
import type { Memory } from './core/memory.ts';
import { judged, stillDue, tidings } from './core/outcome.ts';
import type { Instant } from './core/time.ts';
import type { Delivered } from './deliver.ts';
import { SyncAlertsError } from './errors.ts';
import { type Checked, CheckFailed, type Outcome } from './outcome.ts';
import type { CheckSettings } from './ports.ts';
import type { Standing } from './standing.ts';
import type { Listed } from './timbal/listing.ts';

/** All that a check found and did. */
export interface Pass {
  readonly listed: Listed;
  readonly look: Look;
  readonly facts: Facts;
  readonly due: Due;
  readonly said: Digest | undefined;
  /** The memory before anything was posted. */
  readonly next: Memory;
  readonly delivered: Delivered;
  readonly stand: Extract<Standing, { readonly kind: 'free' }>;
  readonly now: Instant;
}

/**
 * The outcome of a check, for people and programs.
 *
 * @throws CheckFailed with that outcome, when the check could not list, remember or deliver.
 */
export function conclude(pass: Pass, settings: CheckSettings): Outcome {
  const { look, facts, due, said, next, delivered, stand, now } = pass;
  const { environment, organisation } = settings.place;
  const at = new Date(now).toISOString();
  if (delivered.facts === 'overtaken') {
    const because = 'another check remembered what it saw before this one could';
    return { kind: 'overtaken', at, environment, organisation, because };
  }
  const { count, since } = stillDue(delivered.memory ?? next);
  const outcome: Checked = {
    kind: 'checked',
    at,
    environment,
    organisation,
    dryRun: settings.dryRun,
    syncs: judged(look, settings.policy),
    open: Object.values(facts.alerts).filter(({ state }) => state === 'firing').length,
    tidings: tidings(due),
    told: toldOf(pass),
    ...(said && { digest: said }),
    posts: delivered.posts,
    stillDue: { count, ...(since !== undefined && { since: new Date(since).toISOString() }) },
    remembered: delivered.facts === 'remembered',
    ...(stand.disbelieved !== undefined && { disbelieved: stand.disbelieved }),
  };
  const errors = [...blindness(pass, organisation), ...delivered.errors];
  if (errors.length > 0) throw new CheckFailed(errors, outcome);
  return outcome;
}

/** Of what was due, what stood in a message that Slack took. */
function toldOf({ due, delivered }: Pass): Checked['told'] {
  const told = new Set(delivered.told.map(({ fingerprint }) => fingerprint));
  return tidings(due).filter(({ alert }) => told.has(alert));
}

/** Why nothing of the listing is believed, as an error; none when the syncs were seen. */
export function blindness(
  { listed, look }: Pick<Pass, 'listed' | 'look'>,
  organisation: string,
): readonly SyncAlertsError[] {
  if (!listed.ok) return [listed.error];
  if (look.kind === 'seen') return [];
  const { kind, tried, cameBack } = look.blindness;
  const advice = 'no alert is opened or closed by it; check that the API key still sees the organisation';
  const what = `cannot see the syncs of organisation ${JSON.stringify(organisation)}: tried ${tried}, got ${cameBack}`;
  return [new SyncAlertsError(`listing_${kind}`, `${what}; ${advice}`)];
}
