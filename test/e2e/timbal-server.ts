import { answersJson, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';

/** A Timbal API on loopback for one organisation, as the test wants it to be at the moment. */
export interface TimbalServer {
  readonly baseUrl: string;
  readonly organisation: string;
  /** What is listed, record by record. */
  syncs: readonly unknown[];
  /** The key that is accepted. Changing it is a rotation. */
  key: string;
  /** Instead of a listing, while it is set: an outage, a slow answer, an HTML page. */
  instead: Behaviour | undefined;
  /** How many requests ever came, refused ones too. */
  readonly requests: LocalServer['requests'];
  /** How many connections are open that had a request. */
  readonly open: LocalServer['open'];
}

/** Starts one. `closeLocalServers` closes it. */
export async function startTimbalServer(
  organisation: string,
  key: string,
  syncs: readonly unknown[] = [],
): Promise<TimbalServer> {
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
  return answersJson(200, { syncs: connector === null ? syncs : syncs.filter(isOf(connector)) });
}

function isOf(connector: string): (sync: unknown) => boolean {
  return (sync) =>
    typeof sync === 'object' && sync !== null && 'connector_id' in sync && sync.connector_id === connector;
}
