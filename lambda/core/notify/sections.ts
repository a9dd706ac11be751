import type { Notification } from './plan.ts';

/** Where in a digest an announcement stands. */
export type SectionName =
  | 'open'
  | 'unjudged'
  | 'resolved_undelivered'
  | 'resolved_in_group'
  | 'resolved'
  | 'unwatched';

export function sectionOf({ alert, reason }: Notification): SectionName {
  switch (reason) {
    case 'new':
    case 'escalated':
    case 'changed':
      return alert.problem === 'unreadable' ? 'unjudged' : 'open';
    case 'resolved_undelivered':
    case 'resolved_in_group':
      return reason;
    case 'resolved':
      return alert.resolution?.how === 'resolved' ? 'resolved' : 'unwatched';
  }
}
