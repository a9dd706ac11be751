import { checkHeartbeatUrl } from '../../cli/heartbeat-url.ts';

it.each([
  ['https://hc-ping.com/0000', undefined],
  ['https://kuma.acme.example/api/push/0000?status=up&msg=OK&ping=', undefined],
  ['http://127.0.0.1:3001/api/push/0000', undefined],
  ['http://10.0.3.7:3001/api/push/0000', '10.0.3.7'],
  ['http://172.31.255.255/api/push/0000', '172.31.255.255'],
  ['http://192.168.1.9/api/push/0000', '192.168.1.9'],
  ['http://100.64.0.1/api/push/0000', '100.64.0.1'],
  ['http://[fd00::7]/api/push/0000', '[fd00::7]'],
  ['http://kuma:3001/api/push/0000', 'kuma'],
  ['http://kuma.internal/api/push/0000', 'Kuma.internal'],
])('%s is accepted with HEARTBEAT_HTTP_HOST=%s', (url, host) => {
  expect(checkHeartbeatUrl(url, host).ok).toBe(true);
});

const NOT_PRIVATE = 'is not https (plain http is accepted for loopback addresses only)';
const NOT_NAMED =
  'is not https: to allow plain http on its private address, set HEARTBEAT_HTTP_HOST to its host';

it.each([
  ['http://10.0.3.7/api/push/0000', undefined, NOT_NAMED],
  ['http://10.0.3.7/api/push/0000', '10.0.3.8', NOT_NAMED],
  ['http://kuma.internal/api/push/0000', 'kuma', NOT_NAMED],
  ['http://172.32.0.0/api/push/0000', '172.32.0.0', NOT_PRIVATE],
  ['http://11.0.0.1/api/push/0000', '11.0.0.1', NOT_PRIVATE],
  ['http://hc-ping.com/0000', 'hc-ping.com', NOT_PRIVATE],
  ['http://169.254.169.254/latest', '169.254.169.254', NOT_PRIVATE],
  ['http://[2001:db8::7]/api/push/0000', '[2001:db8::7]', NOT_PRIVATE],
  ['http://user:word@10.0.3.7/0000', '10.0.3.7', 'holds a user name or a password'],
  ['ftp://10.0.3.7/0000', '10.0.3.7', NOT_PRIVATE],
  ['10.0.3.7', '10.0.3.7', 'is not a URL'],
])('%s is refused with HEARTBEAT_HTTP_HOST=%s: %s', (url, host, fault) => {
  expect(checkHeartbeatUrl(url, host)).toEqual({ ok: false, fault });
});
