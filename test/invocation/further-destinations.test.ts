import { aFailingRecord, aRecord, MINUTE, START } from '../commands/a-world.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { Deployed, MARK } from './a-deployed.ts';

afterEach(closeLocalServers);

/** A function whose policy has a channel for the shop; `orders` is of the shop. */
async function aFunction() {
  const deployed = await Deployed.start();
  deployed.policy = JSON.stringify({
    evidence: false,
    destinations: { shop: { kind: 'slack', webhook: 'shop' } },
    routes: [{ match: { connector: 'shop' }, to: 'shop' }],
  });
  deployed.freshContainer();
  const own = (id: string) => ({ id, name: id, connection_ref: id, kb_uid: id });
  const healthy = ['a', 'b', 'c'].map((id) => aRecord(START, own(id)));
  const orders = aFailingRecord(START, { ...own('orders'), connector_id: 'shop' });
  return { deployed, healthy, orders, fees: aFailingRecord(START, own('fees')) };
}

describe('a webhook that the secret lacks', () => {
  it('is an error with its name and what to do, stops nothing else, and loses nothing', async () => {
    const { deployed, healthy, orders, fees } = await aFunction();
    deployed.shown = [...healthy, orders, fees];
    await expect(deployed.invoke()).rejects.toThrow(
      /Slack webhook "shop".*as "shop" in "slackWebhooks" of the secret/,
    );
    expect(JSON.stringify(deployed.logged())).toContain('slack-refuses-messages');
    const posted = () => deployed.servers.slack.requests.map(({ url, body }) => `${url} ${body}`);
    expect(posted()).toEqual([expect.stringContaining('fees')]);

    deployed.fill({ slackWebhooks: { shop: `${deployed.servers.slack.url}/services/${MARK}-shop` } });
    deployed.now += 5 * MINUTE;
    expect(await deployed.invoke()).toMatchObject({ undelivered: { count: 0 } });
    expect(posted().slice(1)).toEqual([expect.stringMatching(/-shop .*orders/)]);
  });

  it('is none while there is nothing to send to it; the test of the deployment names it', async () => {
    const { deployed, healthy } = await aFunction();
    deployed.shown = healthy;
    expect(await deployed.invoke()).toMatchObject({ ok: true, undelivered: { count: 0 } });
    await expect(deployed.invoke({ command: 'test' })).rejects.toThrow(/shop/);
  });
});
