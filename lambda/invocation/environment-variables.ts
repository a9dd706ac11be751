/** The function's environment variables. The construct sets them and the function reads them; none holds a secret. */
export const ENVIRONMENT_VARIABLES = {
  /** The name of the environment, such as "prod". */
  environment: 'SYNC_ALERTS_ENVIRONMENT',
  /** The ARN or name of the secret. */
  secretId: 'SYNC_ALERTS_SECRET_ID',
  tableName: 'SYNC_ALERTS_TABLE',
  /** The shortest time between two scheduled checks, in seconds. */
  periodSeconds: 'SYNC_ALERTS_PERIOD_SECONDS',
  /** Optional: another base URL of the Timbal API. */
  baseUrl: 'SYNC_ALERTS_TIMBAL_BASE_URL',
  /** Optional: list the syncs of this connector only. */
  connectorId: 'SYNC_ALERTS_CONNECTOR_ID',
  /** The name of the stack, for the commands in error messages. */
  stackName: 'SYNC_ALERTS_STACK',
} as const;

/** The policy file in the function package, beside the bundle. It always exists; an empty policy is `{}`. */
export const POLICY_FILE = 'policy.json';
