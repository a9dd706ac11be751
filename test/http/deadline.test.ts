import { once } from 'node:events';
import { abortedBy, deadlineIn, sleepWithin } from '../../lambda/http/deadline.ts';
import { whileCollectingGarbage } from './collect-garbage.ts';
import { advance, fakeTimers, isPending } from './fake-timers.ts';

describe('a deadline', () => {
  it('aborts at its time, and not before', () => {
    fakeTimers();
    const deadline = deadlineIn(30);
    jest.advanceTimersByTime(29_999);
    expect([deadline.signal.aborted, deadline.remainingMs()]).toEqual([false, 1]);
    jest.advanceTimersByTime(1);
    expect([deadline.signal.aborted, deadline.remainingMs()]).toEqual([true, 0]);
    jest.advanceTimersByTime(1000);
    expect(deadline.remainingMs()).toBe(0);
  });

  it('aborts in real time', async () => {
    const started = performance.now();
    const deadline = deadlineIn(0.05);
    await once(deadline.signal, 'abort');
    expect(performance.now() - started).toBeGreaterThan(40);
    expect(deadline.remainingMs()).toBeLessThanOrEqual(5);
  });

  it.each([0, -1])('in %d s has passed at once', (seconds) => {
    const deadline = deadlineIn(seconds);
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.remainingMs()).toBe(0);
  });

  it('aborts when the signal that it was combined with aborts', () => {
    const other = new AbortController();
    const combined = abortedBy(deadlineIn(10), other.signal);
    expect(combined.signal.aborted).toBe(false);
    other.abort();
    expect(combined.signal.aborted).toBe(true);
  });

  it('is aborted from the start when it, or the combined signal, was', () => {
    expect(abortedBy(deadlineIn(10), AbortSignal.abort()).signal.aborted).toBe(true);
    expect(abortedBy(deadlineIn(0), new AbortController().signal).signal.aborted).toBe(true);
  });

  it('still aborts at its own time when it is combined with a signal', () => {
    fakeTimers();
    const combined = abortedBy(deadlineIn(2), new AbortController().signal);
    jest.advanceTimersByTime(1999);
    expect(combined.signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect([combined.signal.aborted, combined.remainingMs()]).toEqual([true, 0]);
  });

  // AbortSignal.timeout inside AbortSignal.any is lost by then (nodejs/node #57736).
  it.each<[string, () => AbortSignal]>([
    ['at its time', () => abortedBy(deadlineIn(0.1), new AbortController().signal).signal],
    ['with the combined signal', () => abortedBy(deadlineIn(10), AbortSignal.timeout(100)).signal],
  ])('aborts %s although garbage was collected and nothing else holds it', async (_name, make) => {
    const aborted = new Promise<string>((resolve) => {
      make().addEventListener('abort', () => resolve('aborted'));
      setTimeout(() => resolve('lost'), 1000).unref();
    });
    expect(await whileCollectingGarbage(aborted)).toBe('aborted');
  });
});

describe('a sleep within a deadline', () => {
  beforeEach(fakeTimers);

  it('is over after its time', async () => {
    const sleep = sleepWithin(500, deadlineIn(1));
    await advance(499);
    expect(await isPending(sleep)).toBe(true);
    await advance(1);
    expect(await sleep).toBe(true);
    expect(jest.getTimerCount()).toBe(1);
  });

  it.each([
    [999, true],
    [1000, false],
    [1001, false],
  ])('of %d ms with 1000 ms left is begun: %s', async (ms, isBegun) => {
    expect(await isPending(sleepWithin(ms, deadlineIn(1)))).toBe(isBegun);
  });

  it('of 0 ms is over at once, unless the deadline has passed', async () => {
    expect(await sleepWithin(0, deadlineIn(1))).toBe(true);
    expect(await sleepWithin(0, deadlineIn(0))).toBe(false);
  });

  it('ends when the deadline is aborted', async () => {
    const controller = new AbortController();
    const sleep = sleepWithin(500, abortedBy(deadlineIn(1), controller.signal));
    controller.abort();
    expect(await sleep).toBe(false);
  });
});
