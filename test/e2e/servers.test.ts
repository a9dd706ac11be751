import { answers, closeLocalServers } from '../http/local-server.ts';
import { startSlackReceiver } from './slack-receiver.ts';
import { startTimbalServer, type TimbalServer } from './timbal-server.ts';

afterEach(closeLocalServers);

describe('the Timbal server', () => {
  it('lists what the test says now, of one connector if it is asked for one', async () => {
    const timbal = await startTimbalServer('acme', 'the-key', [{ id: 1 }]);
    expect(await listed(timbal)).toEqual({ syncs: [{ id: 1 }] });
    timbal.syncs = [
      { id: 2, connector_id: 'a' },
      { id: 3, connector_id: 'b' },
    ];
    expect(await listed(timbal, '?connector_id=b')).toEqual({ syncs: [{ id: 3, connector_id: 'b' }] });
    expect(timbal.requests).toHaveLength(2);
  });

  it('refuses another key, and an old one after a rotation', async () => {
    const timbal = await startTimbalServer('acme', 'the-key');
    timbal.key = 'another';
    expect(await listed(timbal)).toEqual({ message: 'unauthorized' });
  });

  it('answers something else while it is told to', async () => {
    const timbal = await startTimbalServer('acme', 'the-key');
    timbal.instead = answers(503, '"down"');
    expect(await listed(timbal)).toBe('down');
    timbal.instead = undefined;
    expect(await listed(timbal)).toEqual({ syncs: [] });
  });
});

describe('the Slack receiver', () => {
  it('keeps what was posted on each webhook, and answers as scripted', async () => {
    const slack = await startSlackReceiver();
    slack.script.push(answers(500, 'rollup_error'));
    expect(await posted(slack.webhookUrl(), 'first')).toBe('rollup_error');
    expect(await posted(slack.webhookUrl('other'), 'second')).toBe('ok');
    expect(slack.messages().map(({ text }) => text)).toEqual(['first', 'second']);
    expect(slack.messages('other').map(({ text }) => text)).toEqual(['second']);
  });
});

async function listed({ baseUrl, organisation }: TimbalServer, query = ''): Promise<unknown> {
  const headers = { authorization: 'Bearer the-key' };
  return (await fetch(`${baseUrl}/orgs/${organisation}/connectors/syncs${query}`, { headers })).json();
}

async function posted(url: string, text: string): Promise<string> {
  return (await fetch(url, { method: 'POST', body: JSON.stringify({ text }) })).text();
}
