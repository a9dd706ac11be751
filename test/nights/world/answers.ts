import type { Agents } from './agents.ts';
import type { PastRun, Second, SyncLife } from './sync-life.ts';

type Job = Readonly<Record<string, unknown>>;

/** What the neighbouring routes of the API answer (docs/evidence.md), as JSON has it. */
export interface Answers {
  readonly jobs: { readonly jobs: readonly Job[] };
  readonly connectors: { readonly connectors: readonly Readonly<Record<string, unknown>>[] };
  readonly k2: { readonly k2: readonly Readonly<Record<string, unknown>>[]; readonly next_page_token: null };
}

interface AnswersContext {
  readonly agents: Agents;
  readonly midnight: number;
  readonly now: Second;
  /** The ids of the syncs whose jobs somebody will read: those of all others take most of the time of a night. */
  readonly wanted: ReadonlySet<string>;
}

export function answersOf(syncs: readonly SyncLife[], context: AnswersContext): Answers {
  const { agents, midnight, now, wanted } = context;
  const connectors = [...new Set(syncs.map(({ connector }) => connector))];
  const knowledgeBases = [...new Set(syncs.map(({ knowledgeBase }) => knowledgeBase))];
  return {
    jobs: { jobs: syncs.filter(({ id }) => wanted.has(id)).flatMap((life) => jobsOf(life, context)) },
    connectors: {
      connectors: connectors
        .filter((id) => !agents.isRevoked(id))
        .map((id) => ({
          id,
          name: agents.nameOf(id) ?? null,
          hostname: null,
          capabilities: ['extract'],
          connected: true,
          online: false,
          enrolled_at: '2026-01-05T09:00:00Z',
          last_seen_at: new Date(midnight + agents.lastSeenAt(id, now) * 1000).toISOString(),
        })),
    },
    k2: {
      k2: knowledgeBases.map((uid, index) => ({ id: `${index + 1}`, uid, name: agents.nameOf(uid) ?? uid })),
      next_page_token: null,
    },
  };
}

/** By the run that ended. */
const pastJobs = new WeakMap<PastRun, Job>();

/** The run in progress first. */
function jobsOf(life: SyncLife, { midnight, now }: AnswersContext): readonly Job[] {
  const { rows, run, lastRunAt } = life;
  const live =
    run === undefined || lastRunAt === null
      ? []
      : [
          {
            ...jobOf(life, lastRunAt, midnight),
            state: 'running',
            rows_emitted: Math.floor(rows / 2),
            message: null,
            updated_at: dateOf(now, midnight),
            finished_at: null,
            duration_ms: (now - lastRunAt) * 1000,
          },
        ];
  return [...live, ...life.pastRuns.map((run) => pastJobOf(life, run, midnight))];
}

function pastJobOf(life: SyncLife, run: PastRun, midnight: number): Job {
  const known = pastJobs.get(run);
  if (known !== undefined) return known;
  const { startedAt, endedAt, failure } = run;
  const job = {
    ...jobOf(life, startedAt, midnight),
    state: failure?.state ?? 'completed',
    rows_emitted: failure === undefined ? life.rows : 0,
    message: failure?.error ?? null,
    updated_at: dateOf(endedAt, midnight),
    finished_at: dateOf(endedAt, midnight),
    duration_ms: (endedAt - startedAt) * 1000,
  };
  pastJobs.set(run, job);
  return job;
}

function jobOf({ id, connector, knowledgeBase, name }: SyncLife, startedAt: Second, midnight: number): Job {
  return {
    id: `job_${id}_${startedAt}`,
    sync_id: id,
    connector_id: connector,
    kb_uid: knowledgeBase,
    kind: 'extract',
    dest_table: name,
    mode: 'upsert',
    created_at: dateOf(startedAt, midnight),
    started_at: dateOf(startedAt, midnight),
  };
}

function dateOf(at: Second, midnight: number): string {
  return new Date(midnight + at * 1000).toISOString();
}
