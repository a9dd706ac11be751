import type { Subject } from '../notation/night.ts';
import type { SyncLife } from './sync-life.ts';

/** Whether a sync is meant by a subject. */
export function matcherOf(subject: Subject): (life: SyncLife) => boolean {
  if (subject.kind === 'everything') return () => true;
  const names = new Set(subject.names);
  switch (subject.kind) {
    case 'syncs':
      return ({ name }) => names.has(name);
    case 'connection':
      return ({ connection }) => names.has(connection);
    case 'connector':
      return ({ connector }) => names.has(connector);
    case 'kb':
      return ({ knowledgeBase }) => names.has(knowledgeBase);
  }
}
