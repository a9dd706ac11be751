import { answersJson, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';

/** A Timbal API on loopback for one organisation. A test changes it while it runs. */
export interface TimbalServer {
  readonly baseUrl: string;
  readonly organisation: string;
  /** The records of the listing. */
  syncs: readonly unknown[];
  /** The API key that it accepts. A new value is a rotation. */
  key: string;
  /** Replaces the listing while it is set: an outage, a slow response, an HTML page. */
  instead: Behaviour | undefined;
  /** All requests, refused ones included. */
  readonly requests: LocalServer['requests'];
  /** How many connections that carried a request are open. */
  readonly open: LocalServer['open'];
}

interface TimbalServerOptions {
  readonly organisation: string;
  readonly key: string;
  readonly syncs?: readonly unknown[];
}

/** Starts a server, which `closeLocalServers` closes. */
export async function startTimbalServer({
  organisation,
  key,
  syncs = [],
}: TimbalServerOptions): Promise<TimbalServer> {
  const server = await localServer((request, response) => behaviourFor(timbal, request)(request, response));
  const timbal: TimbalServer = {
    baseUrl: server.url,
    organisation,
    syncs,
    key,
    instead: undefined,
    requests: server.requests,
    open: server.open,
  };
  return timbal;
}

function behaviourFor(timbal: TimbalServer, request: Parameters<Behaviour>[0]): Behaviour {
  const { instead, key, organisation, syncs } = timbal;
  if (instead !== undefined) return instead;
  if (request.headers.authorization !== `Bearer ${key}`) return answersJson(401, { message: 'unauthorized' });
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://timbal');
  if (pathname !== `/orgs/${organisation}/connectors/syncs`)
    return answersJson(404, { message: 'not found' });
  const connector = searchParams.get('connector_id');
  return answersJson(200, { syncs: connector === null ? syncs : syncs.filter(hasConnector(connector)) });
}

function hasConnector(connector: string): (sync: unknown) => boolean {
  return (sync) =>
    typeof sync === 'object' && sync !== null && 'connector_id' in sync && sync.connector_id === connector;
}
