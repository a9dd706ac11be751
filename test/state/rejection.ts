/** The error that a promise rejects with; throws when it does not reject. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`it rejected with a value that is no error: ${String(error)}`);
  }
  throw new Error('it did not reject');
}
