/** What stands in a secret in place of a value that a person has yet to put there. */
export const REPLACE_ME = 'REPLACE_ME';

/**
 * What CloudFormation puts into a new secret. Frozen: it rewrites a secret whose `SecretString` in the template changed,
 * so that the least edit here would overwrite the keys of every deployed stack at its next deploy.
 */
export const SECRET_PLACEHOLDER =
  '{"timbalApiKey":"REPLACE_ME","timbalOrgId":"REPLACE_ME","slackWebhookUrl":"REPLACE_ME"}';
