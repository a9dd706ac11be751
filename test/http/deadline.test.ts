import { once } from 'node:events';
import { cutBy, deadlineIn } from '../../lambda/http/deadline.ts';
import { whileCollectingGarbage } from './collect-garbage.ts';

describe('a deadline', () => {
  it('aborts at its moment, and not before', async () => {
    const began = performance.now();
    const deadline = deadlineIn(0.05);
    expect(deadline.signal.aborted).toBe(false);
    await once(deadline.signal, 'abort');
    expect(performance.now() - began).toBeGreaterThan(40);
    expect(deadline.leftMs()).toBeLessThanOrEqual(5);
  });

  it.each([0, -1])('is over at once when it is %d s away', (seconds) => {
    const deadline = deadlineIn(seconds);
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.leftMs()).toBe(0);
  });

  it('is cut when another signal aborts', () => {
    const other = new AbortController();
    const cut = cutBy(deadlineIn(10), other.signal);
    expect(cut.signal.aborted).toBe(false);
    other.abort();
    expect(cut.signal.aborted).toBe(true);
  });

  it('is cut already when the other signal has aborted', () => {
    expect(cutBy(deadlineIn(10), AbortSignal.abort()).signal.aborted).toBe(true);
    expect(cutBy(deadlineIn(0), new AbortController().signal).signal.aborted).toBe(true);
  });

  it('still ends at its moment when it is cut by another', async () => {
    const cut = cutBy(deadlineIn(0.02), new AbortController().signal);
    await once(cut.signal, 'abort');
    expect(cut.leftMs()).toBeLessThanOrEqual(5);
  });

  // AbortSignal.timeout under AbortSignal.any is lost by then (nodejs/node #57736).
  it.each<[string, () => AbortSignal]>([
    ['its moment has come', () => cutBy(deadlineIn(0.1), new AbortController().signal).signal],
    ['another signal has aborted', () => cutBy(deadlineIn(10), AbortSignal.timeout(100)).signal],
  ])('aborts once %s, though garbage was collected and nobody else holds it', async (_name, made) => {
    const aborted = new Promise<string>((resolve) => {
      made().addEventListener('abort', () => resolve('aborted'));
      setTimeout(() => resolve('lost'), 1000).unref();
    });
    expect(await whileCollectingGarbage(aborted)).toBe('aborted');
  });
});
