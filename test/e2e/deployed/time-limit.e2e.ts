import { aFailingRecord } from '../../commands/a-world.ts';
import { answers, type Behaviour, hangs, nothingOpen } from '../../http/local-server.ts';
import { Deployment } from './deployment.ts';

/** Nothing that the others do makes the function run into its time limit, or leaves a request behind. */

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
  deployment.timbal.syncs = [aFailingRecord(Date.now())];
});

afterAll(() => deployment?.stop());

describe('the function ends itself before its time limit', () => {
  it('when neither Timbal nor Slack answers: it fails, lets go of its claim, and leaves no request open', async () => {
    deployment.slack.script.push(answers(404, 'no_service'), hangs);
    await deployment.invoke();
    deployment.timbal.instead = hangs;
    const { status, durationMs, payload } = await deployment.invoke();
    expect(status).toBe('error');
    expect(payload).toMatch(/cannot list .* 2 tries/);
    expect(payload).toMatch(/slack webhook .* may have the message/);
    // 30 s for the listing and 10 s for the post; the limit is 60 s.
    expect(durationMs).toBeGreaterThan(35_000);
    expect(durationMs).toBeLessThan(48_000);
    expect(await deployment.document()).not.toContain('"claim"');
    await nothingOpen(deployment.timbal);
    await nothingOpen(deployment.slack);
    deployment.timbal.instead = undefined;
    expect(await deployment.invoke()).toMatchObject({ status: 'success', result: { result: 'checked' } });
  });

  it('when Timbal sends without end: the rest is not read', async () => {
    deployment.timbal.instead = endless;
    const check = await deployment.invoke();
    expect(check).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining('more than 67108864 bytes') },
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
