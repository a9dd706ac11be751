import {
  type DestinationKey,
  destinationAt,
  type KeyedDestination,
  namesInUse,
} from '../core/notify/destinations.ts';
import { DEFAULT_DESTINATION, type Policy } from '../core/policy.ts';
import type { WatchState } from '../core/state.ts';
import type { DestinationPort } from '../destinations/destination-port.ts';
import { slackDestination } from '../destinations/slack-destination.ts';
import type { Ports } from './ports.ts';

/** A destination that messages go to now, and the port to it. */
export interface CurrentDestination extends KeyedDestination {
  readonly port: DestinationPort;
}

/** Stands for a destination that was never read. What it has undelivered moves to the one that is read at last. */
const NEVER_READ = 'unread';

/** The destinations that something can go to. While one of them cannot be read, the last one of its name counts. */
export async function currentDestinations(
  ports: Ports,
  policy: Policy,
  routes: WatchState['routes'],
): Promise<readonly CurrentDestination[]> {
  return Promise.all(
    namesInUse(policy, routes).map(async (name) => {
      const port = portOf(ports, name);
      const known = Object.keys(routes[name]?.destinations ?? {});
      const id = (await port.destinationId(known)) ?? known[0] ?? NEVER_READ;
      const key: DestinationKey = { route: name, id };
      return { key, destination: destinationAt(routes, key), port };
    }),
  );
}

function portOf({ slack, destinations = {} }: Ports, name: string): DestinationPort {
  const port = name === DEFAULT_DESTINATION ? slackDestination(slack) : destinations[name];
  if (port === undefined) throw new Error(`the host gave no port to the destination ${name}`);
  return port;
}
