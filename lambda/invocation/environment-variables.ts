/** The function's environment variables: the construct sets them, the handler reads them. They name things only. */
export const ENVIRONMENT_VARIABLES = {
  /** The environment's name: "prod". */
  environment: 'SYNC_ALERTS_ENVIRONMENT',
  /** ARN or name of the secret. */
  secretId: 'SYNC_ALERTS_SECRET_ID',
  tableName: 'SYNC_ALERTS_TABLE',
  /** The schedule's shortest gap, in seconds. */
  periodSeconds: 'SYNC_ALERTS_PERIOD_SECONDS',
  /** Optional: another base URL of the API. */
  baseUrl: 'SYNC_ALERTS_TIMBAL_BASE_URL',
  /** Optional: the syncs of this connector alone. */
  connectorId: 'SYNC_ALERTS_CONNECTOR_ID',
  /** For the commands in error messages. */
  stackName: 'SYNC_ALERTS_STACK',
} as const;

/** The policy's file in the function's asset, beside the bundle: JSON as people write it, `{}` by default. */
export const POLICY_FILE = 'policy.json';
