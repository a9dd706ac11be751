import fc from 'fast-check';
import { redactCredentials } from '../../lambda/core/credentials.ts';

/** Written in parts: scanners search for whole ones. */
const join = (...parts: readonly string[]) => parts.join('');
const AWS_KEY_ID = join('AKIA', 'IOSFODNN7', 'EXAMPLE');
const AWS_SECRET = join('wJalrXUtnFEMI/K7MDENG', '/bPxRfiCY', 'EXAMPLEKEY');
const BOT_TOKEN = join('xox', 'b-1234', '56789012-abcdefABCDEF');
const JWT = join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxIn0', '.c2lnbmF0dXJl');

describe('user information', () => {
  it.each([
    ['a URL', 'postgres://app:hunter2@db:5432/shop is down', 'postgres://***@db:5432/shop is down'],
    ['a user alone', 'https://s3cret@git.example/x', 'https://***@git.example/x'],
    ['a password with a slash', 'postgres://app:hun/ter2@db/shop', 'postgres://***@db/shop'],
    ['a password with ? and #', 'mysql://app:hun?ter#2@db/shop', 'mysql://***@db/shop'],
    ['a password with an @', 'postgres://app:hun@ter2@db/shop', 'postgres://***@db/shop'],
    ['a password without a user', 'redis://:hun/ter2@db/0', 'redis://***@db/0'],
    ['several hosts', 'mongodb://app:hunter2@a:1,b:2/shop', 'mongodb://***@a:1,b:2/shop'],
    ['quotation marks', '"amqp://app:hunter2@mq/%2F", retry', '"amqp://***@mq/%2F", retry'],
    ['two in a row', 'a://u:p1@h,b://u:p2@h', 'a://***@h,b://***@h'],
    ['a DSN of Go', 'dial app:hunter2@tcp(10.0.0.1:3306)/shop', 'dial ***@tcp(10.0.0.1:3306)/shop'],
    ['a DSN by name', '(dsn=app:hunter2@tcp(db)/shop)', '(dsn=***@tcp(db)/shop)'],
    ['a DSN of Oracle without a scheme', 'scott/tiger@//db:1521/x', '***@//db:1521/x'],
    ['a DSN of Oracle', 'jdbc:oracle:thin:scott/tiger@//db:1521/x', '***@//db:1521/x'],
  ])('is redacted in %s', (_, text, redacted) => {
    expect(redactCredentials(text)).toBe(redacted);
  });

  it.each([
    'https://db.example:8443/path/a@b.example',
    "Access denied for user 'app'@'10.0.0.1' (using password: YES)",
    'ask ops@example.com',
    'at 12:30 @ the office',
  ])('is not seen in: %s', (text) => {
    expect(redactCredentials(text)).toBe(text);
  });
});

describe('a named value', () => {
  it.each([
    ['password=hunter2', 'password=***'],
    ['password = hunter2 host=db', 'password = *** host=db'],
    ['PASSWORD: hunter2', 'PASSWORD: ***'],
    ['PGPASSWORD=hunter2', 'PGPASSWORD=***'],
    ['MYSQL_PWD=hunter2', 'MYSQL_PWD=***'],
    ['dbPass=hunter2', 'dbPass=***'],
    ['passwd=hunter2, user=app', 'passwd=***, user=app'],
    ['password=hun,ter&2', 'password=***'],
    ['password=hun"ter2', 'password=***'],
    ['password="hunter 2" host=db', 'password="***" host=db'],
    ["password='hun\\'ter 2' host=db", "password='***' host=db"],
    ["password='hun''ter 2' host=db", "password='***' host=db"],
    ['password="hunter 2', 'password="***'],
    ['(password=hunter2).', '(password=***).'],
    ['Server=db;Pwd=two words;Database=shop', 'Server=db;Pwd=***;Database=shop'],
    ['Server=db;Password={a;b};Database=shop', 'Server=db;Password={***};Database=shop'],
    ['AccountKey=abc+/def==;EndpointSuffix=x', 'AccountKey=***;EndpointSuffix=x'],
    ['{"password":"hun\\"ter2","user":"app"}', '{"password":"***","user":"app"}'],
    ['{\\"password\\":\\"hunter2\\",\\"user\\":1}', '{\\"password\\":\\"***\\",\\"user\\":1}'],
    ["{'secret': 'hunter2'}", "{'secret': '***'}"],
    ['{"token": 12345, "a": 1}', '{"token": ***, "a": 1}'],
    ['client_secret => "hunter2"', 'client_secret => "***"'],
    ['?user=app&token=abc&page=2', '?user=app&token=***&page=2'],
    ['?access_token=abc', '?access_token=***'],
    ['?X-Amz-Signature=abc&X-Amz-Date=1', '?X-Amz-Signature=***&X-Amz-Date=1'],
    ['?sig=abc%3D&sv=1', '?sig=***&sv=1'],
    ['key=abc', 'key=***'],
    ['password%3Dhunter2', 'password%3D***'],
    ['apiKey=abc', 'apiKey=***'],
    ['invalid API key: abc', 'invalid API key: ***'],
    ['X-Api-Key: abc', 'X-Api-Key: ***'],
    ['X-Auth-Token: abcdef', 'X-Auth-Token: ***'],
    ['Authorization: Basic dXNlcg==', 'Authorization: ***'],
    ['authorization: Bearer abc', 'authorization: ***'],
    ['"Authorization":"Bearer abc"', '"Authorization":"***"'],
    ['Set-Cookie: session=abc; Path=/', 'Set-Cookie: ***'],
    ['login --password hunter2 --user app', 'login --password *** --user app'],
    ["ALTER USER app PASSWORD 'hunter2'", 'ALTER USER app PASSWORD ***'],
    ["CREATE USER app IDENTIFIED BY 'hunter2'", 'CREATE USER app IDENTIFIED BY ***'],
    ['<password>hunter2</password>', '<password>***</password>'],
    ['token: 9f8e7d6c', 'token: ***'],
    ['password=<hunter2> host=db', 'password=<***> host=db'],
    ['password\\u003dhunter2', 'password\\u003d***'],
    ['password_hash=abc', 'password_hash=***'],
    ['"passwordHash":"abc"', '"passwordHash":"***"'],
    ['pw=hunter2', 'pw=***'],
    ['"pw":"hunter2"', '"pw":"***"'],
    ['db_pw: hunter2', 'db_pw: ***'],
    ['otp=123456', 'otp=***'],
    ['pass\u200Bword=hunter2', 'password=***'],
    ['pass\u00ADword\u2060=hunter2', 'password=***'],
  ])('is redacted: %s', (text, redacted) => {
    expect(redactCredentials(text)).toBe(redacted);
  });

  it.each([
    'permission denied for key column',
    'password authentication failed for user "app"',
    "Duplicate entry '7' for key 'PRIMARY'",
    'Key (id)=(5) already exists.',
    'duplicate key: orders',
    'primary_key=id',
    'unexpected token: SELECT',
    'invalid credentials: ask the administrator',
    'monkey=1, compass=2, bypass=true',
    'max_tokens=4096, token_type=bearer, key_column=id, KeyName=root',
    '{"password":null}',
    'the secret of the connector is missing',
    'the bearer of this message',
    'RPW=1, optic=2, stop: 3',
    'join\u200Bed=5',
    'unexpected token: <html>',
    'unexpected token: < at 1:1',
    'key hash: mismatch',
    'Bearer authentication required',
    'orders',
  ])('is not seen in: %s', (text) => {
    expect(redactCredentials(text)).toBe(text);
  });
});

it.each([
  ['Bearer abc123 is expired', 'Bearer *** is expired'],
  [`key id ${AWS_KEY_ID} is not valid`, 'key id *** is not valid'],
  [`${AWS_SECRET}`, '***'],
  [`token ${BOT_TOKEN} revoked`, 'token *** revoked'],
  [join('https://hooks.slack', '.com/services/T0/B0/abc failed'), 'https://hooks.slack.com/*** failed'],
  [join('https:\\/\\/hooks.slack', '.com\\/services\\/T0\\/B0\\/abc"'), 'https:\\/\\/hooks.slack.com\\/***"'],
  ['POST /services/T0/B0/abc: 404', 'POST ***: 404'],
  [`sent ${JWT}`, 'sent ***'],
  [join('ghp', '_0123456789abcdef0123'), '***'],
  [join('-----BEGIN RSA PRIV', 'ATE KEY-----\nMIIE\n-----END RSA PRIV', 'ATE KEY----- x'), '*** x'],
])('a credential is redacted by its form: %s', (text, redacted) => {
  expect(redactCredentials(text)).toBe(redacted);
});

it.each([
  '9c1185a5c5e9fc54612808977ee8f548b2258d31',
  'customer_orders_daily_snapshot_of_the_warehouse',
  '/var/lib/postgresql/data/base/16384/2619',
])('the hash, the name or the path %s is no key', (text) => {
  expect(redactCredentials(text)).toBe(text);
});

/** Each spelling with the characters that a password may hold in it. */
const SPELLINGS: readonly (readonly [spelling: string, characters: string])[] = [
  ['the url is postgres://app:%@db/shop today', 'aZ9!$&*+,;=:@/?#%_.~-'],
  ['could not open password=% host=db today', 'aZ9!$*+:@/?#%_~-^{['],
  ['could not open "password":"%" today', 'aZ9!$&*+,;=:@/?#%_.~- {}[]()<>'],
  ["could not open Pwd='%' today", 'aZ9!$&*+,;=:@/?#%_.~- {}[]()<>'],
  ['could not open Server=db;Password=%;User=app today', 'aZ9!$*+:@/?#_~-^'],
  ['X-Api-Key: % today', 'aZ9!$*+:@/?#%_~-^'],
  ['GET /x?token=%&page=2 today', 'aZ9_~-'],
];

it('no password survives in any spelling, and the words around it do', () => {
  const written = fc.constantFrom(...SPELLINGS).chain(([spelling, characters]) =>
    fc
      .array(fc.constantFrom(...characters), { minLength: 6, maxLength: 30 })
      // A first character that opens something would make it another spelling.
      .map((password) => ({ spelling, password: `x${password.join('').replace(/\/+/g, '/')}z` })),
  );
  fc.assert(
    fc.property(written, ({ spelling, password }) => {
      const redacted = redactCredentials(spelling.replace('%', () => password));
      expect(redacted).not.toContain(password.slice(-6));
      expect(redacted).not.toContain(password.slice(0, 6));
      expect(redacted).toMatch(/ today$/);
      expect(redacted.startsWith(spelling.slice(0, 3))).toBe(true);
    }),
  );
});

it.each([
  'password=',
  'password="',
  "password='\\",
  'password=a;',
  'password=a b,',
  'a://',
  'a:b',
  '-----',
  'token:{',
  'token \\',
  'eyJaaaaaaaa-',
  'bearer a',
  'cookie',
  '--password ',
  '/services/T',
  'a:@',
  'key ',
  ')',
  '=',
  '.',
  'SG.aaaaaaaaaaaaaaaa',
  '-----BEGIN PRIVATE KEY',
  'A1a/',
  'identified by ',
  '<password',
])('300,000 characters of %j take less than 5 seconds', (part) => {
  const text = part.repeat(300_000 / part.length);
  const startedMs = performance.now();
  redactCredentials(text);
  redactCredentials(`=@${text}`);
  expect(performance.now() - startedMs).toBeLessThan(5000);
});
