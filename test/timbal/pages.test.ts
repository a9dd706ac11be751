import { answers, answersJson, closeLocalServers, localServer } from '../http/local-server.ts';
import { list } from './a-listing.ts';

afterEach(closeLocalServers);

describe('the pages of a listing', () => {
  it('are requested to the last, each with the token of the page before, and with the filter', async () => {
    const server = await localServer(
      answersJson(200, { syncs: [{ id: 1 }], next_page_token: 'two & more' }),
      answersJson(200, { syncs: [{ id: 2 }], next_page_token: 'three' }),
      answersJson(200, { syncs: [{ id: 3 }] }),
    );
    expect(await list(server, { connectorId: 'c' })).toMatchObject({
      ok: true,
      syncs: [{ id: '1' }, { id: '2' }, { id: '3' }],
    });
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/orgs/acme/connectors/syncs?connector_id=c',
      '/orgs/acme/connectors/syncs?connector_id=c&page_token=two+%26+more',
      '/orgs/acme/connectors/syncs?connector_id=c&page_token=three',
    ]);
  });

  it('are a failed listing when one of them fails', async () => {
    const server = await localServer(answersJson(200, { syncs: [1], next_page_token: '2' }), answers(404));
    expect(await list(server)).toMatchObject({ ok: false, failure: { kind: 'failed' } });
  });

  it.each([
    ['the page before', ['a']],
    ['an earlier page', ['a', 'b']],
  ])('are malformed when one has the token of %s', async (_name, tokens) => {
    let sent = 0;
    const server = await localServer((request, response) => {
      const next_page_token = tokens[sent++ % tokens.length];
      answersJson(200, { syncs: [], next_page_token })(request, response);
    });
    expect(await list(server)).toMatchObject({
      ok: false,
      failure: { kind: 'malformed', received: 'a page token that an earlier page had: endless pages' },
    });
    expect(server.requests).toHaveLength(tokens.length + 1);
  });

  it.each([
    [39, true],
    [40, true],
    [41, false],
  ])('are read up to a limit of 40: %d pages, %s', async (pages, ok) => {
    let sent = 0;
    const server = await localServer((request, response) => {
      sent += 1;
      answersJson(200, { syncs: [sent], ...(sent < pages && { next_page_token: `${sent}` }) })(
        request,
        response,
      );
    });
    const failure = { kind: 'malformed', received: 'more than 40 pages' };
    expect(await list(server, { maxPages: 40 })).toMatchObject(
      ok ? { ok, syncs: { length: pages } } : { ok, failure },
    );
    expect(server.requests).toHaveLength(Math.min(pages, 40));
  });

  it.each([
    [0, true],
    [1, false],
  ])('share one size limit: %d bytes above it, %s', async (above, ok) => {
    const first = JSON.stringify({ syncs: ['é'.repeat(100)], next_page_token: '2' });
    const second = JSON.stringify({ syncs: ['x'.repeat(100)] });
    const maxBytes = Buffer.byteLength(first) + second.length - above;
    const server = await localServer(answers(200, first), answers(200, second));
    const failure = { kind: 'malformed', received: `200 with more than ${maxBytes} bytes` };
    expect(await list(server, { maxBytes })).toMatchObject(ok ? { ok } : { ok, failure });
  });
});
