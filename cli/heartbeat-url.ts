import { BlockList, isIP } from 'node:net';
import { type CheckedUrl, checkUrl } from '../lambda/http/secure-url.ts';

/** RFC 1918, RFC 6598 and RFC 4193: addresses that no route on the internet leads to. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
PRIVATE.addSubnet('fc00::', 7, 'ipv6');

/** A name without dots, or one below a domain that is reserved for private networks (RFC 6762, RFC 8375, ICANN's .internal). */
const PRIVATE_NAME = /^[a-z\d-]+$|\.(local|internal|lan|home\.arpa)$/;

/**
 * Accepts the URL of a heartbeat monitor: https; or plain http on a private address, as of an Uptime Kuma in the same
 * network, if that host is allowed by name. A fault never repeats the URL, which is a secret.
 *
 * @param httpHost The host that plain http is allowed for, as the URL has it.
 */
export function checkHeartbeatUrl(text: string, httpHost: string | undefined): CheckedUrl {
  const checked = checkUrl(text);
  if (checked.ok || !URL.canParse(text)) return checked;
  const url = new URL(text);
  const isPlainHttp = url.protocol === 'http:' && url.username === '' && url.password === '';
  if (!isPlainHttp || !isPrivate(url.hostname)) return checked;
  if (url.hostname === httpHost?.toLowerCase()) return { ok: true, url };
  return {
    ok: false,
    fault: 'is not https: to allow plain http on its private address, set HEARTBEAT_HTTP_HOST to its host',
  };
}

function isPrivate(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  if (family === 0) return PRIVATE_NAME.test(hostname);
  return PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
