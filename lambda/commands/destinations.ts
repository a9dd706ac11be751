import { type DestinationKey, destinationAt, type KeyedDestination } from '../core/notify/destinations.ts';
import { DEFAULT_ROUTE, type WatchState } from '../core/state.ts';
import type { Poster } from '../slack/webhook.ts';
import type { Ports } from './ports.ts';

/** A destination that messages go to now, and the port to it. */
export interface CurrentDestination extends KeyedDestination {
  readonly poster: Poster;
}

/** Stands for a destination that was never read. What it has undelivered moves to the one that is read at last. */
const NEVER_READ = 'unread';

/** The destinations of every route. While one cannot be read, the last one counts. */
export async function currentDestinations(
  { slack }: Ports,
  routes: WatchState['routes'],
): Promise<readonly CurrentDestination[]> {
  const known = Object.keys(routes[DEFAULT_ROUTE]?.destinations ?? {});
  const id = (await slack.destinationId(known)) ?? known[0] ?? NEVER_READ;
  const key: DestinationKey = { route: DEFAULT_ROUTE, id };
  return [{ key, destination: destinationAt(routes, key), poster: slack }];
}
