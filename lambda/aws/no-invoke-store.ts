/*
 * Replaces `@aws/lambda-invoke-store` in the bundle (infra/function-build.ts). It tells apart invocations that share a
 * process, for the header with the trace id. Here a process has one at a time, whose id Lambda puts into the environment,
 * where the AWS SDK finds it: 2 KB.
 */

/** There is no store. */
export const InvokeStore = {
  getInstanceAsync: async (): Promise<undefined> => undefined,
};
