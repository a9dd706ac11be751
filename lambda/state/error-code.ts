/**
 * The code of an error of the file system, "ENOENT"; without one, the error as text. It need not be an `Error` of this
 * realm: under Jest those of Node.js are not.
 */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}
