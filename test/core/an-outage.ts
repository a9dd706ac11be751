import { check } from '../../lambda/commands/check.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { renderPlainText } from '../../lambda/core/render/plain-text.ts';
import { aRecord, HOUR, MINUTE, START, settings, World } from '../commands/a-world.ts';

/** A connection that is down for six hours from 09:30 on, with syncs that fail as they run and recover as they run again. */
export interface Outage {
  readonly syncs: number;
  /** From one check to the next. */
  readonly everyMinutes: number;
  /** How long the checks go on after the connection is up again. */
  readonly hoursAfter: number;
}

/** The digest that one check posted. */
export interface PostedDigest {
  readonly at: number;
  readonly messages: number;
  /** The headline, with the title of the first item. */
  readonly headline: string;
  readonly text: string;
}

const DOWN_AT = START + 30 * MINUTE;
const UP_AT = DOWN_AT + 6 * HOUR;
const INTERVALS_MINUTES = [5, 15, 60, 360, 1440];

/** Plays an outage with real checks and a state of its own, beside 40 healthy syncs of another connection. */
export async function playOutage(
  { syncs: count, everyMinutes, hoursAfter }: Outage,
  onCheck: (done: number) => void = () => undefined,
): Promise<readonly PostedDigest[]> {
  const parsed = parsePolicy({}, everyMinutes * 60);
  if (!parsed.ok) throw new Error(parsed.faults.join());
  const { policy } = parsed;
  const syncs = Array.from({ length: count }, (_, index) => aScheduledSync(index, count));
  const world = new World();
  const digests: PostedDigest[] = [];
  for (let now = START; now <= UP_AT + hoursAfter * HOUR; now += everyMinutes * MINUTE) {
    onCheck((now - START) / (UP_AT + hoursAfter * HOUR - START));
    world.now = now;
    for (const sync of syncs) runUntil(sync, now);
    world.shown = [...syncs.map((sync) => recordOf(sync, now)), ...healthyRecords(now)];
    const outcome = await check(world.ports, settings({ policy }));
    const messages = world.takePostedTexts().length;
    if (messages > 0 && outcome.kind === 'checked' && outcome.digests[0] !== undefined) {
      const [worst] = outcome.digests[0].sections.flatMap(({ items }) => items);
      const title =
        worst === undefined ? '' : worst.title.map((span) => ('text' in span ? span.text : '')).join('');
      digests.push({
        at: now,
        messages,
        headline: `${outcome.digests[0].headline}: ${title}`,
        text: renderPlainText(outcome.digests[0]),
      });
    }
  }
  return digests;
}

interface ScheduledSync {
  readonly id: string;
  readonly intervalMs: number;
  nextRun: number;
  lastRun: number;
  lastSuccess: number;
  failures: number;
}

function aScheduledSync(index: number, count: number): ScheduledSync {
  const intervalMs = (INTERVALS_MINUTES[index % INTERVALS_MINUTES.length] ?? 15) * MINUTE;
  // Spread over their interval, so that they do not all run in the same minute.
  const lastRun = START - Math.floor((intervalMs * ((index * 37) % count)) / count);
  const id = `sync-${String(index).padStart(3, '0')}`;
  return { id, intervalMs, nextRun: lastRun + intervalMs, lastRun, lastSuccess: lastRun, failures: 0 };
}

/** Every run until `now`. After each failure the platform backs off to twice the gap, an hour or one interval at most. */
function runUntil(sync: ScheduledSync, now: number): void {
  while (sync.nextRun <= now) {
    const at = sync.nextRun;
    const fails = at >= DOWN_AT && at < UP_AT;
    sync.lastRun = at;
    sync.failures = fails ? sync.failures + 1 : 0;
    if (!fails) sync.lastSuccess = at;
    const backoff = Math.min(
      sync.intervalMs * 2 ** Math.min(sync.failures, 10),
      Math.max(HOUR, sync.intervalMs),
    );
    sync.nextRun = at + backoff;
  }
}

function recordOf(sync: ScheduledSync, now: number) {
  return aRecord(now, {
    id: sync.id,
    name: sync.id,
    connection_ref: 'pg-main',
    interval_secs: sync.intervalMs / 1000,
    last_state: sync.failures > 0 ? 'failed' : 'completed',
    consecutive_failures: sync.failures,
    last_run_at: new Date(sync.lastRun).toISOString(),
    last_success_at: new Date(sync.lastSuccess).toISOString(),
    seconds_since_success: Math.round((now - sync.lastSuccess) / 1000),
  });
}

function healthyRecords(now: number) {
  return Array.from({ length: 40 }, (_, index) =>
    aRecord(now, { id: `healthy-${index}`, connection_ref: 'pg-other' }),
  );
}
