import { SyncAlertsError } from '../../lambda/errors.ts';
import {
  answers,
  answersJson,
  type Behaviour,
  closeLocalServers,
  type LocalServer,
  localServer,
  sendsRaw,
} from '../http/local-server.ts';
import { aKey, everythingIn, FRESH_KEY, KEY, LISTING, list } from './a-listing.ts';

afterEach(closeLocalServers);

const MISSING = new SyncAlertsError('secret_missing', 'the secret sync-alerts/prod does not exist');

describe('the API key', () => {
  it.each([401, 403])('is read fresh after a %d, and the request repeated', async (status) => {
    const server = await localServer(answers(status), LISTING);
    const apiKey = aKey();
    expect(await list(server, { apiKey })).toMatchObject({ ok: true });
    expect(keysSent(server)).toEqual([KEY, FRESH_KEY]);
    expect(apiKey.reads).toEqual(['read', 'readFresh']);
  });

  it('is read fresh once per listing, and then used for all further pages', async () => {
    const page = (token: string) => answersJson(200, { syncs: [], next_page_token: token });
    const server = await localServer(answers(401), page('2'), page('3'), answers(401));
    const apiKey = aKey();
    expect(await list(server, { apiKey })).toMatchObject({ ok: false, failure: { kind: 'refused' } });
    expect(keysSent(server)).toEqual([KEY, FRESH_KEY, FRESH_KEY, FRESH_KEY]);
    expect(apiKey.reads).toEqual(['read', 'readFresh']);
  });

  it('that was read fresh does not hide another failure', async () => {
    const server = await localServer(answers(401), answers(500));
    expect(await list(server)).toMatchObject({ ok: false, failure: { kind: 'failed' } });
  });

  it.each([
    ['a line break', `${KEY}\nmore`],
    ['a character beyond Latin-1', `${KEY}…`],
  ])('with %s inside is refused, and nothing is sent', async (_name, key) => {
    const server = await localServer(LISTING);
    const listed = await list(server, { apiKey: aKey({ read: async () => key }) });
    expect(listed).toMatchObject({
      ok: false,
      failure: {
        kind: 'refused',
        received: expect.stringContaining('a character that no header may contain'),
      },
      error: { message: expect.stringMatching(/; store the key again, exactly as it was issued$/) },
    });
    expect(server.requests).toHaveLength(0);
  });

  it('may end with a line break, as files do', async () => {
    const server = await localServer(LISTING);
    expect(await list(server, { apiKey: aKey({ read: async () => `${KEY}\n` }) })).toMatchObject({
      ok: true,
    });
    expect(keysSent(server)).toEqual([KEY]);
  });

  it('that cannot be read is a failed listing with the reason, not a rejection', async () => {
    const server = await localServer(LISTING);
    const listed = await list(server, { apiKey: aKey({ read: () => Promise.reject(MISSING) }) });
    expect(listed).toMatchObject({
      ok: false,
      failure: { kind: 'failed', received: 'nothing: the API key could not be read' },
    });
    expect(everythingIn(listed)).toContain('sync-alerts/prod');
  });

  it('that cannot be read fresh is a refused listing with the reason', async () => {
    const server = await localServer(answers(401));
    const listed = await list(server, { apiKey: aKey({ readFresh: () => Promise.reject(MISSING) }) });
    expect(listed).toMatchObject({ failure: { kind: 'refused', received: '401 Unauthorized' } });
    expect(everythingIn(listed)).toContain('sync-alerts/prod');
  });

  it.each<[string, Behaviour]>([
    [
      'in a refusal, whichever key was sent',
      (request, response) =>
        void response
          .writeHead(401, {
            'content-type': 'application/json',
            'x-key': request.headers.authorization ?? '',
          })
          .end(JSON.stringify({ code: KEY, message: `not ${request.headers.authorization}` })),
    ],
    ['as the status text', sendsRaw(({ headers }) => `HTTP/1.1 404 ${headers.authorization}\r\n\r\n`)],
    ['outside of HTTP', sendsRaw(({ headers }) => `${headers.authorization}\r\n\r\n`)],
    ['outside of JSON', (request, response) => void response.end(request.headers.authorization)],
    [
      'in a field with the wrong type',
      (request, response) => void response.end(JSON.stringify({ syncs: request.headers.authorization })),
    ],
  ])('is in no result when the API repeats it %s', async (_name, behaviour) => {
    // `list` searches every result for the keys.
    expect(await list(await localServer(behaviour))).toMatchObject({ ok: false });
  });

  it('is in no result when reading it fails with an error that quotes it', async () => {
    const quoting = () => Promise.reject(new SyntaxError(`Unexpected token in {"timbalApiKey":"${KEY}"`));
    await list(await localServer(LISTING), { apiKey: aKey({ read: quoting }) });
    await list(await localServer(answers(401)), { apiKey: aKey({ readFresh: quoting }) });
  });
});

function keysSent({ requests }: LocalServer): readonly (string | undefined)[] {
  return requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
}
