import runOnce, { AbortError } from '../../lambda/slack/run-once.ts';

it('gives what the post gives', async () => {
  expect(await runOnce(async () => 'ok')).toBe('ok');
});

it('runs once, and fails as the post fails', async () => {
  const run = jest.fn(async () => {
    throw new Error('500');
  });
  await expect(runOnce(run)).rejects.toThrow('500');
  expect(run).toHaveBeenCalledTimes(1);
});

it('fails with the error behind one after which there would be no retry', async () => {
  const original = new Error('404');
  const thrown = runOnce(async () => {
    throw new AbortError(original);
  });
  await expect(thrown).rejects.toBe(original);
});
