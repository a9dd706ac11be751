import { types } from 'node:util';

/** What an error of Node.js says; also one made in another realm, as all of them are in a test. */
export function messageOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}
