import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instant } from '../lambda/core/time.ts';

export const DEMO_ORGANISATION = 'acme';
export const DEMO_KEY = 'demo-key';

interface DemoApi {
  readonly baseUrl: string;
  close(): Promise<void>;
}

/**
 * Starts an HTTP server on loopback, on a free port, that answers like the Timbal API (docs/timbal-api.md).
 *
 * @param routes By path within the organisation, what it answers; called at each request.
 * @param now The clock of the API.
 */
export async function startDemoApi(
  routes: Readonly<Record<string, () => unknown>>,
  now: () => Instant,
): Promise<DemoApi> {
  const server = createServer((request, response) => {
    const respond = (status: number, body: unknown) => {
      const date = new Date(now()).toUTCString();
      response.writeHead(status, { 'content-type': 'application/json', date }).end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${DEMO_KEY}`)
      return respond(401, { message: 'unauthorized' });
    const [, path = ''] = request.url?.split(`/orgs/${DEMO_ORGANISATION}`) ?? [];
    const answer = routes[path];
    return answer === undefined ? respond(404, { message: 'not found' }) : respond(200, answer());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${portOf(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the demo API has no port');
  return address.port;
}
