/** Marks a value of the secret that nobody has filled in yet. */
export const REPLACE_ME = 'REPLACE_ME';

/**
 * The content of a new secret. Never change it: CloudFormation rewrites a secret whose `SecretString` in the template
 * changed, so any edit here overwrites the keys of every deployed stack at its next deployment.
 */
export const SECRET_PLACEHOLDER =
  '{"timbalApiKey":"REPLACE_ME","timbalOrgId":"REPLACE_ME","slackWebhookUrl":"REPLACE_ME"}';
