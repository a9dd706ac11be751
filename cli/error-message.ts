import { types } from 'node:util';

/**
 * The message of an error that was thrown. `instanceof Error` is not enough: under Jest the errors of Node.js come from
 * another realm.
 */
export function messageOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}
