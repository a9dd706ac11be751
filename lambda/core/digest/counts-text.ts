import type { Tally } from '../diagnose/tally.ts';
import { formatNumber, pluralize } from './wording.ts';

/** The counts of a tally, as an outcome has them and as a response has them in JSON. */
export type Counts = Pick<
  Tally,
  'listed' | 'healthy' | 'paused' | 'inconclusive' | 'excluded' | 'withoutId' | 'repeated'
> & {
  /** In the order to print. */
  readonly problems: Readonly<Record<string, number>>;
};

/** "36 syncs: 30 healthy, 5 failing, 1 excluded"; without counts that are 0, except for the healthy ones. */
export function countsText(counts: Counts): string {
  const all: readonly (readonly [string, number])[] = [
    ...Object.entries(counts.problems),
    ['paused', counts.paused],
    ['inconclusive (open, and no proof of recovery yet)', counts.inconclusive],
    ['excluded', counts.excluded],
    ['without an id', counts.withoutId],
    ['repeated', counts.repeated],
  ];
  const others = all
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${formatNumber(count)} ${name.replaceAll('_', ' ')}`);
  return `${pluralize(counts.listed, 'sync')}: ${[`${formatNumber(counts.healthy)} healthy`, ...others].join(', ')}`;
}
