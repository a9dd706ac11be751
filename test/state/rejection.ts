/** The error that a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`it was rejected with something else: ${String(error)}`);
  }
  throw new Error('it was not rejected');
}
