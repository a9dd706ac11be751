import { adviceFor, situationOf } from '../../../lambda/core/explain/advice.ts';
import { errorSignature } from '../../../lambda/core/explain/error-signature.ts';
import { errorText } from '../../../lambda/core/explain/error-text.ts';
import { ERROR_CORPUS } from './error-corpus.ts';

const SITUATION_OF_KIND: Readonly<Record<string, string | undefined>> = {
  'PostgreSQL: wrong password': 'authentication',
  'PostgreSQL: psycopg wrong password': 'authentication',
  'PostgreSQL: no permission for a schema': 'permission',
  'PostgreSQL: no permission for a table': 'permission',
  'PostgreSQL: missing relation': 'missing_object',
  'PostgreSQL: missing column': 'missing_object',
  'PostgreSQL: statement timeout': undefined,
  'PostgreSQL: duplicate key': undefined,
  'PostgreSQL: refused connection with its string': 'unreachable',
  'PostgreSQL: no entry in pg_hba.conf': 'authentication',
  'PostgreSQL: disk full': 'out_of_space',
  'MySQL: wrong password': 'authentication',
  'MySQL: missing table': 'missing_object',
  'MySQL: unknown column': 'missing_object',
  'MySQL: server has gone away': 'unreachable',
  'MySQL: cannot connect': 'unreachable',
  'MySQL: command denied': 'permission',
  'SQL Server: login failed': 'authentication',
  'SQL Server: invalid object': 'missing_object',
  'SQL Server: deadlock': undefined,
  'SQL Server: permission denied on object': 'permission',
  'Oracle: missing table': 'missing_object',
  'Oracle: wrong password': 'authentication',
  'Oracle: no listener': 'unreachable',
  'Oracle: tablespace full': 'out_of_space',
  'HTTP API: 401': 'authentication',
  'HTTP API: Stripe-like invalid key': 'authentication',
  'HTTP API: 403': 'permission',
  'HTTP API: 429': 'rate_limit',
  'HTTP API: 503': 'unreachable',
  'HTTP API: 500 of an HTTP client': undefined,
  'HTTP API: expired OAuth token': 'authentication',
  'AWS: access denied': 'permission',
  'TLS: expired certificate': 'certificate',
  'TLS: self-signed certificate': 'certificate',
  'TLS: wrong host name': 'certificate',
  'DNS: not found (Node.js)': 'unreachable',
  'DNS: not found (libpq)': 'unreachable',
  'Socket: refused (Node.js)': 'unreachable',
  'Socket: timeout (Node.js)': 'unreachable',
  'Socket: timeout (Go)': 'unreachable',
  'Socket: closed by the server': 'unreachable',
  'Java: communications link': 'unreachable',
  'Python: traceback with a key error': undefined,
  'Destination: type mismatch': undefined,
  'BigQuery-like: quota': 'rate_limit',
  'MongoDB-like: authentication': 'authentication',
};

describe('the situation that an error speaks of', () => {
  const known = ERROR_CORPUS.filter(({ kind }) => kind in SITUATION_OF_KIND);

  it.each(known.flatMap(({ kind, texts }) => texts.map(({ text }) => [kind, text])))(
    '%s: %j',
    (kind, text) => {
      const shown = errorText(text) ?? '';
      expect(situationOf({ text: shown, signature: errorSignature(shown) })).toBe(SITUATION_OF_KIND[kind]);
    },
  );

  it('is known for every kind of the table', () => {
    expect(known.map(({ kind }) => kind)).toEqual(Object.keys(SITUATION_OF_KIND));
  });
});

describe('advice', () => {
  const rules = [
    { error: '*PERMISSION denied*', text: 'Ask Ana.' },
    { situation: 'rate_limit', text: '' },
    { situation: 'authentication', error: '*etl*', text: 'Rotate etl.' },
  ] as const;

  it.each([
    ['permission', 'ERROR: permission denied for schema a', 'Ask Ana.'],
    ['rate_limit', 'HTTP 429', undefined],
    ['authentication', 'login failed for etl', 'Rotate etl.'],
    ['authentication', 'login failed', 'Check the credentials of {connection} on {connector}.'],
    [undefined, 'a riddle', undefined],
    [undefined, undefined, undefined],
  ] as const)('in the situation %j, at the error %j: %j', (situation, error, text) => {
    expect(adviceFor({ situation, error }, rules)).toBe(text);
  });
});
