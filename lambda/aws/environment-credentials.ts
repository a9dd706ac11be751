import { fromEnv } from '@aws-sdk/credential-provider-env';

/*
 * Replaces `@aws-sdk/credential-provider-node` in the bundle (infra/function-build.ts). The AWS clients import the default
 * chain under that name: SSO, STS, web identity, profile files and two metadata services, 144 KB. A Lambda function needs
 * none of them, because Lambda puts the credentials of its role into the environment.
 */

/**
 * The credentials of the function's role, from the environment variables that Lambda sets. The provider rejects with
 * `CredentialsProviderError` when they are missing.
 */
export const defaultProvider = fromEnv;
