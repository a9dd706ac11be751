import { check } from '../../lambda/commands/check.ts';
import { parsePolicy } from '../../lambda/core/policy.ts';
import { renderPlainText } from '../../lambda/core/render/plain-text.ts';
import { aRecord, HOUR, MINUTE, START, settings, World } from '../commands/a-world.ts';

/** A connection that dies at 09:30 for six hours, and its syncs, which fail as they run and recover as they run again. */
export interface Outage {
  readonly syncs: number;
  /** From one check to the next. */
  readonly everyMinutes: number;
  /** How long it is watched after the connection is back. */
  readonly hoursAfter: number;
}

/** What one check posted. */
export interface InvocationResult {
  readonly at: number;
  readonly messages: number;
  readonly headline: string;
  readonly text: string;
}

const DIES = START + 30 * MINUTE;
const BACK = DIES + 6 * HOUR;
const INTERVALS_MINUTES = [5, 15, 60, 360, 1440];

/** Plays it with real checks and a memory of its own; 40 syncs of another connection stay well. */
export async function playOutage({
  syncs,
  everyMinutes,
  hoursAfter,
}: Outage): Promise<readonly InvocationResult[]> {
  const parsed = parsePolicy({}, everyMinutes * 60);
  if (!parsed.ok) throw new Error(parsed.faults.join());
  const { policy } = parsed;
  const lives = Array.from({ length: syncs }, (_, index) => aLife(index, syncs));
  const world = new World();
  const said: InvocationResult[] = [];
  for (let now = START; now <= BACK + hoursAfter * HOUR; now += everyMinutes * MINUTE) {
    world.now = now;
    for (const life of lives) live(life, now);
    world.shown = [...lives.map((life) => recordOf(life, now)), ...wellOnes(now)];
    const outcome = await check(world.ports, settings({ policy }));
    const messages = world.said().length;
    if (messages > 0 && outcome.kind === 'checked' && outcome.digest !== undefined) {
      const [worst] = outcome.digest.sections.flatMap(({ items }) => items);
      const first =
        worst === undefined ? '' : worst.title.map((span) => ('text' in span ? span.text : '')).join('');
      said.push({
        at: now,
        messages,
        headline: `${outcome.digest.headline}: ${first}`,
        text: renderPlainText(outcome.digest),
      });
    }
  }
  return said;
}

interface Life {
  readonly id: string;
  readonly intervalMs: number;
  nextRun: number;
  lastRun: number;
  lastSuccess: number;
  failures: number;
}

function aLife(index: number, of: number): Life {
  const intervalMs = (INTERVALS_MINUTES[index % INTERVALS_MINUTES.length] ?? 15) * MINUTE;
  // Spread over their interval, so that they do not all run at the same minute.
  const lastRun = START - Math.floor((intervalMs * ((index * 37) % of)) / of);
  const id = `sync-${String(index).padStart(3, '0')}`;
  return { id, intervalMs, nextRun: lastRun + intervalMs, lastRun, lastSuccess: lastRun, failures: 0 };
}

/** The platform until `now`: with each failure retries back off to twice the interval, up to an hour. */
function live(life: Life, now: number): void {
  while (life.nextRun <= now) {
    const at = life.nextRun;
    const fails = at >= DIES && at < BACK;
    life.lastRun = at;
    life.failures = fails ? life.failures + 1 : 0;
    if (!fails) life.lastSuccess = at;
    const backoff = Math.min(
      life.intervalMs * 2 ** Math.min(life.failures, 10),
      Math.max(HOUR, life.intervalMs),
    );
    life.nextRun = at + backoff;
  }
}

function recordOf(life: Life, now: number) {
  return aRecord(now, {
    id: life.id,
    name: life.id,
    connection_ref: 'pg-main',
    interval_secs: life.intervalMs / 1000,
    last_state: life.failures > 0 ? 'failed' : 'completed',
    consecutive_failures: life.failures,
    last_run_at: new Date(life.lastRun).toISOString(),
    last_success_at: new Date(life.lastSuccess).toISOString(),
    seconds_since_success: Math.round((now - life.lastSuccess) / 1000),
  });
}

function wellOnes(now: number) {
  return Array.from({ length: 40 }, (_, index) =>
    aRecord(now, { id: `well-${index}`, connection_ref: 'pg-other' }),
  );
}
