import { aFailingRecord } from '../../commands/a-world.ts';
import { allConnectionsClosed, answers, type Behaviour, hangs } from '../../http/local-server.ts';
import { Deployment } from './deployment.ts';

/* A slow or endless response of Timbal or Slack never makes the function reach its time limit. */

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
  deployment.timbal.syncs = [aFailingRecord(Date.now())];
});

afterAll(() => deployment?.stop());

describe('a check ends itself before its time limit', () => {
  it('when neither Timbal nor Slack responds: it fails, releases its lease and leaves no request open', async () => {
    deployment.slack.script.push(answers(404, 'no_service'), hangs);
    await deployment.invoke();
    deployment.timbal.instead = hangs;
    const { status, durationMs, payload } = await deployment.invoke();
    expect(status).toBe('error');
    expect(payload).toMatch(/cannot list .* 2 attempts/);
    expect(payload).toMatch(/Slack webhook .* may have received the message/);
    // 30 s for the listing and 10 s for the post; the time limit is 60 s.
    expect(durationMs).toBeGreaterThan(35_000);
    expect(durationMs).toBeLessThan(48_000);
    expect(await deployment.document()).not.toContain('"lease"');
    await allConnectionsClosed(deployment.timbal);
    await allConnectionsClosed(deployment.slack);
    deployment.timbal.instead = undefined;
    expect(await deployment.invoke()).toMatchObject({ status: 'success', result: { result: 'checked' } });
  });

  it('when the response of Timbal never ends: it stops reading at 64 MB', async () => {
    deployment.timbal.instead = endless;
    const check = await deployment.invoke();
    expect(check).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining('more than 64 MiB') },
    });
  });
});

const endless: Behaviour = (_request, response) => {
  const more = ' '.repeat(1024 * 1024);
  response.writeHead(200, { 'content-type': 'application/json' });
  const write = (): void => {
    while (!response.destroyed && response.write(more));
  };
  response.on('drain', write);
  write();
};
