import { type Attempt, withSecondAttempt } from '../../lambda/http/second-attempt.ts';

/** An attempt that a test settles. */
class AnAttempt implements Attempt<string> {
  resolve: (value: string) => void = () => {};
  reject: (error: Error) => void = () => {};
  aborted = 0;
  responding = false;
  readonly result = new Promise<string>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
  readonly hasResponse = () => this.responding;
  readonly abort = () => {
    this.aborted += 1;
  };
}

function play() {
  const [first, second] = [new AnAttempt(), new AnAttempt()];
  const started: AnAttempt[] = [];
  const start = () => {
    const attempt = started.length === 0 ? first : second;
    started.push(attempt);
    return attempt;
  };
  return { first, second, started, result: withSecondAttempt(start, 15_000) };
}

describe('an attempt with a second one beside it', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is alone when it ends in time, well or not', async () => {
    const [good, bad] = [play(), play()];
    good.first.resolve('first');
    bad.first.reject(new Error('refused'));
    expect(await good.result).toBe('first');
    await expect(bad.result).rejects.toThrow('refused');
    jest.advanceTimersByTime(60_000);
    expect([good.started.length, bad.started.length]).toEqual([1, 1]);
  });

  it('starts the second one after 15 s, unless a response has begun', () => {
    const [silent, slow] = [play(), play()];
    slow.first.responding = true;
    jest.advanceTimersByTime(14_999);
    expect(silent.started).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect([silent.started.length, slow.started.length]).toEqual([2, 1]);
  });

  it.each(['first', 'second'] as const)('gives the result of the %s, and aborts both', async (which) => {
    const { first, second, result } = play();
    jest.advanceTimersByTime(15_000);
    const [one, other] = which === 'first' ? [first, second] : [second, first];
    other.reject(new Error('late'));
    one.resolve(which);
    expect(await result).toBe(which);
    expect([first.aborted, second.aborted]).toEqual([1, 1]);
  });

  it('fails only when both fail', async () => {
    const { first, second, result } = play();
    jest.advanceTimersByTime(15_000);
    first.reject(new Error('one'));
    second.reject(new Error('two'));
    await expect(result).rejects.toThrow('two');
  });
});
