import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects garbage every 20 ms until the promise settles, so that everything held only weakly is gone by then. */
export async function whileCollectingGarbage<T>(promise: Promise<T>): Promise<T> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('garbage cannot be collected on demand');
  const timer = setInterval(() => collect(), 20);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}
