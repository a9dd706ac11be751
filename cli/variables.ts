/** The environment variables of `npm start`, each with its line in the help. The TIMBAL_ names are those of Timbal's SDKs. */
export const VARIABLES = {
  TIMBAL_API_KEY: 'an API key of the organisation',
  TIMBAL_ORG_ID: 'the id of the organisation',
  TIMBAL_BASE_URL: 'the base URL of the API (default: https://api.timbal.ai)',
  TIMBAL_CONNECTOR_ID: 'check only the syncs of this connector',
  SLACK_WEBHOOK_URL: 'post to this incoming webhook (default: only print)',
  HEARTBEAT_URL: 'a heartbeat monitor: one GET after each check that completed',
  HEARTBEAT_HTTP_HOST: 'a host on a private address that HEARTBEAT_URL may reach by plain http',
  SYNC_ALERTS_STATE: 'the state file (default: .sync-alerts/<organisation>.json)',
  SYNC_ALERTS_POLICY: 'the policy, a JSON file (docs/policy.md)',
} as const;

export type VariableName = keyof typeof VARIABLES;
