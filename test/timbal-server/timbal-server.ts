import type { IncomingMessage, ServerResponse } from 'node:http';
import { answersJson, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';

/** What a fake Timbal knows: the answers of its routes, from one world, as JSON has them. */
export interface TimbalWorld {
  readonly syncs: () => readonly Readonly<Record<string, unknown>>[];
  readonly jobs: () => unknown;
  readonly connectors: () => unknown;
  readonly k2: () => unknown;
}

export type TimbalRoute = keyof TimbalWorld | 'sync';

export interface TimbalServer extends LocalServer {
  /** How many requests each route got. */
  calls(route: TimbalRoute): number;
}

/**
 * A fake Timbal on loopback that serves the listing and its neighbouring routes from one world, so that they agree; a
 * behaviour replaces what a route does.
 */
export async function startTimbalServer(
  world: Partial<TimbalWorld>,
  behaviours: Partial<Readonly<Record<TimbalRoute, Behaviour>>> = {},
): Promise<TimbalServer> {
  const behave: Behaviour = (request, response) => {
    const route = routeOf(request.url ?? '');
    if (route === undefined) return answersJson(404, { message: 'not found' })(request, response);
    const behaviour = behaviours[route];
    if (behaviour !== undefined) return behaviour(request, response);
    return answer(world, route)(request, response);
  };
  const server = await localServer(behave);
  return {
    ...server,
    calls: (route) => server.requests.filter(({ url }) => routeOf(url) === route).length,
  };
}

const ROUTES: readonly (readonly [TimbalRoute, RegExp])[] = [
  ['syncs', /^\/orgs\/[^/]+\/connectors\/syncs$/],
  ['jobs', /^\/orgs\/[^/]+\/connectors\/jobs$/],
  ['connectors', /^\/orgs\/[^/]+\/connectors$/],
  ['k2', /^\/orgs\/[^/]+\/k2$/],
  ['sync', /^\/orgs\/[^/]+\/connectors\/[^/]+\/syncs\/[^/]+$/],
];

function routeOf(url: string): TimbalRoute | undefined {
  const [path = ''] = url.split('?');
  return ROUTES.find(([, pattern]) => pattern.test(path))?.[0];
}

function answer(world: Partial<TimbalWorld>, route: TimbalRoute): Behaviour {
  return (request: IncomingMessage, response: ServerResponse) => {
    const body = route === 'sync' ? syncAnswer(world, request.url ?? '') : bodyOf(world, route);
    const missing = answersJson(404, { message: 'not found' });
    return (body === undefined ? missing : answersJson(200, body))(request, response);
  };
}

function bodyOf(world: Partial<TimbalWorld>, route: keyof TimbalWorld): unknown {
  return route === 'syncs' ? { syncs: world.syncs?.() ?? [] } : world[route]?.();
}

/** The answer about one sync, from the jobs of the world. */
function syncAnswer({ jobs }: Partial<TimbalWorld>, url: string): unknown {
  const id = decodeURIComponent(url.split('/').at(-1) ?? '');
  const all = jobs?.() as { readonly jobs: readonly Readonly<Record<string, unknown>>[] } | undefined;
  const own = (all?.jobs ?? []).filter((job) => job['sync_id'] === id);
  return { sync: { id }, stats: {}, recent_runs: own.map(({ id: job_id, ...job }) => ({ job_id, ...job })) };
}
