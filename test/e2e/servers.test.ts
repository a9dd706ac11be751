import { answers, closeLocalServers } from '../http/local-server.ts';
import { startSlackReceiver } from './slack-receiver.ts';
import { startTimbalServer, type TimbalServer } from './timbal-server.ts';

afterEach(closeLocalServers);

describe('the Timbal server', () => {
  it('lists the current syncs, all of them or those of one connector', async () => {
    const timbal = await startTimbalServer({ organisation: 'acme', key: 'the-key', syncs: [{ id: 1 }] });
    expect(await list(timbal)).toEqual({ syncs: [{ id: 1 }] });
    timbal.syncs = [
      { id: 2, connector_id: 'a' },
      { id: 3, connector_id: 'b' },
    ];
    expect(await list(timbal, '?connector_id=b')).toEqual({ syncs: [{ id: 3, connector_id: 'b' }] });
    expect(timbal.requests).toHaveLength(2);
  });

  it('refuses an old key after a rotation', async () => {
    const timbal = await startTimbalServer({ organisation: 'acme', key: 'the-key' });
    timbal.key = 'another';
    expect(await list(timbal)).toEqual({ message: 'unauthorized' });
  });

  it('answers with `instead` while that is set', async () => {
    const timbal = await startTimbalServer({ organisation: 'acme', key: 'the-key' });
    timbal.instead = answers(503, '"down"');
    expect(await list(timbal)).toBe('down');
    timbal.instead = undefined;
    expect(await list(timbal)).toEqual({ syncs: [] });
  });
});

describe('the Slack receiver', () => {
  it('keeps the messages of each webhook, and answers as scripted', async () => {
    const slack = await startSlackReceiver();
    slack.script.push(answers(500, 'rollup_error'));
    expect(await post(slack.webhookUrl(), 'first')).toBe('rollup_error');
    expect(await post(slack.webhookUrl('other'), 'second')).toBe('ok');
    expect(slack.messages().map(({ text }) => text)).toEqual(['first', 'second']);
    expect(slack.messages('other').map(({ text }) => text)).toEqual(['second']);
  });
});

async function list({ baseUrl, organisation }: TimbalServer, query = ''): Promise<unknown> {
  const headers = { authorization: 'Bearer the-key' };
  return (await fetch(`${baseUrl}/orgs/${organisation}/connectors/syncs${query}`, { headers })).json();
}

async function post(url: string, text: string): Promise<string> {
  return (await fetch(url, { method: 'POST', body: JSON.stringify({ text }) })).text();
}
