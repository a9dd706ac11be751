/*
 * Replaces `@smithy/core/event-streams` in the bundle (infra/function-build.ts). The AWS clients load it for an operation
 * that streams events, and the function calls none: 15 KB.
 */
throw new Error('this bundle of the AWS SDK has no event streams');

export {};
