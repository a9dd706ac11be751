import http from 'node:http';
import * as v from 'valibot';

const schema = v.object({
  HTTPS_PROXY: v.optional(v.string()),
  https_proxy: v.optional(v.string()),
  NODE_USE_ENV_PROXY: v.optional(v.string()),
});

/**
 * Why a proxy that is set in the environment is not used, for a command that failed; undefined where it is used or none is
 * set. Node.js takes proxies from the environment since 22.21, and can be told to by a program since 24.14, which
 * cli/launch.mjs does.
 */
export function unusedProxyText(environment: unknown, runtime = RUNTIME): string | undefined {
  const { HTTPS_PROXY, https_proxy, NODE_USE_ENV_PROXY } = v.parse(schema, environment);
  if (!HTTPS_PROXY && !https_proxy) return undefined;
  const [major = 0, minor = 0] = runtime.version.split('.').map(Number);
  const canByVariable = major > 22 || (major === 22 && minor >= 21);
  if (runtime.canByProgram || (canByVariable && NODE_USE_ENV_PROXY === '1')) return undefined;
  const advice = canByVariable ? 'set NODE_USE_ENV_PROXY=1 too' : 'use Node.js 22.21 or later';
  return `HTTPS_PROXY is set, but Node.js ${runtime.version} does not use it: ${advice} (docs/laptop.md)`;
}

const RUNTIME = { version: process.versions.node, canByProgram: 'setGlobalProxyFromEnv' in http };
