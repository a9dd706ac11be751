import type { Agents } from './agents.ts';
import type { Second, SyncLife } from './sync-life.ts';

/** What the neighbouring routes of the API answer (docs/evidence.md), as JSON has it. */
export interface Answers {
  readonly jobs: { readonly jobs: readonly Readonly<Record<string, unknown>>[] };
  readonly connectors: { readonly connectors: readonly Readonly<Record<string, unknown>>[] };
  readonly k2: { readonly k2: readonly Readonly<Record<string, unknown>>[]; readonly next_page_token: null };
}

interface AnswersContext {
  readonly agents: Agents;
  readonly midnight: number;
  readonly now: Second;
}

export function answersOf(syncs: readonly SyncLife[], context: AnswersContext): Answers {
  const { agents, midnight, now } = context;
  const connectors = [...new Set(syncs.map(({ connector }) => connector))];
  const knowledgeBases = [...new Set(syncs.map(({ knowledgeBase }) => knowledgeBase))];
  return {
    jobs: { jobs: syncs.flatMap((life) => jobsOf(life, context)) },
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

function jobsOf(
  life: SyncLife,
  { midnight, now }: AnswersContext,
): readonly Readonly<Record<string, unknown>>[] {
  const date = (at: Second) => new Date(midnight + at * 1000).toISOString();
  const { id, connector, knowledgeBase, name, rows, run, lastRunAt, pastRuns } = life;
  const job = (startedAt: Second) => ({
    id: `job_${id}_${startedAt}`,
    sync_id: id,
    connector_id: connector,
    kb_uid: knowledgeBase,
    kind: 'extract',
    dest_table: name,
    mode: 'upsert',
    created_at: date(startedAt),
    started_at: date(startedAt),
  });
  const live =
    run === undefined || lastRunAt === null
      ? []
      : [
          {
            ...job(lastRunAt),
            state: 'running',
            rows_emitted: Math.floor(rows / 2),
            message: null,
            updated_at: date(now),
            finished_at: null,
            duration_ms: (now - lastRunAt) * 1000,
          },
        ];
  return [
    ...live,
    ...pastRuns.map(({ startedAt, endedAt, failure }) => ({
      ...job(startedAt),
      state: failure?.state ?? 'completed',
      rows_emitted: failure === undefined ? rows : 0,
      message: failure?.error ?? null,
      updated_at: date(endedAt),
      finished_at: date(endedAt),
      duration_ms: (endedAt - startedAt) * 1000,
    })),
  ];
}
