import type { NightEvent, PersonVerb } from '../notation/night.ts';
import type { Second, SyncLife } from './sync-life.ts';

/** What a person or the platform does to a sync between its runs. */
export type Change = Extract<
  NightEvent,
  { readonly kind: 'person' | 'interval' | 'platform_disables' | 'field' }
>;

/** Changes a sync as the event says. */
export function change(life: SyncLife, event: Change, now: Second): void {
  life.record = undefined;
  switch (event.kind) {
    case 'field':
      life.oddFields = withField(life.oddFields, event);
      return;
    case 'platform_disables':
      Object.assign(life, { enabled: false, disabledReason: event.reason, updatedAt: now });
      return;
    case 'interval':
      Object.assign(life, { intervalSeconds: event.seconds, updatedAt: now });
      if (life.nextRunAt !== undefined)
        life.nextRunAt = Math.max(now, (life.lastRunAt ?? now) + event.seconds);
      return;
    case 'person':
      personDoes(event.verb, life, now);
  }
}

function personDoes(verb: PersonVerb, life: SyncLife, now: Second): void {
  switch (verb) {
    case 'pauses':
      Object.assign(life, { enabled: false, disabledReason: null, updatedAt: now });
      return;
    case 'resumes':
      Object.assign(life, { enabled: true, disabledReason: null, failures: 0, updatedAt: now });
      return;
    case 'deletes':
      Object.assign(life, { isDeleted: true, run: undefined });
      return;
    case 're-creates':
      Object.assign(life, recreated(life, now));
      return;
    case 'edits':
      life.updatedAt = now;
      return;
    case 'runs':
      life.nextRunAt = now;
  }
}

/** The same work with a new id, which has never run. */
function recreated(life: SyncLife, now: Second): Partial<SyncLife> {
  return {
    id: `${life.id}_new`,
    createdAt: now,
    updatedAt: now,
    enabled: true,
    disabledReason: null,
    isDeleted: false,
    failures: 0,
    lastState: null,
    lastRunAt: null,
    lastSuccessAt: null,
    run: undefined,
    pastRuns: [],
    nextRunAt: now,
    runCount: 0,
  };
}

function withField(
  fields: ReadonlyMap<string, unknown>,
  { field, value, isReal }: Extract<NightEvent, { kind: 'field' }>,
): ReadonlyMap<string, unknown> {
  const changed = new Map(fields);
  if (isReal) changed.delete(field);
  else changed.set(field, value);
  return changed;
}
