import type { Announcement } from './announce.ts';

/** Where in a digest an announcement stands. */
export type SectionName = 'open' | 'unjudged' | 'missed' | 'passed' | 'resolved' | 'unwatched';

export function sectionOf({ alert, reason }: Announcement): SectionName {
  switch (reason) {
    case 'new':
    case 'escalated':
    case 'changed':
      return alert.problem === 'unreadable' ? 'unjudged' : 'open';
    case 'missed':
    case 'passed':
      return reason;
    case 'closing':
      return alert.ended?.how === 'resolved' ? 'resolved' : 'unwatched';
  }
}
