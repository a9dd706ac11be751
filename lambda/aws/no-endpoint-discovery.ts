/*
 * Replaces `@aws-sdk/middleware-endpoint-discovery` in the bundle (infra/function-build.ts). DynamoDB's client configures
 * the discovery of endpoints, with a cache, and none of its commands uses it: 10 KB.
 */

/** No variable and no profile switches it on. */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: undefined,
};

/** The client's configuration as it is. */
export function resolveEndpointDiscoveryConfig<Config>(config: Config): Config {
  return config;
}
