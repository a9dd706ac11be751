/** Error texts of one kind, as different syncs of different customers would have them. */
export interface ErrorKind {
  readonly kind: string;
  readonly texts: readonly CorpusText[];
}

export interface CorpusText {
  readonly text: string;
  /** What must not be shown of it. */
  readonly secrets?: readonly string[];
}

/**
 * Errors of databases, HTTP APIs, TLS, DNS and sockets, written after the formats that their vendors document, with
 * credentials, hosts, ids, dates and numbers where those have them. None is copied from a real system.
 */
export const ERROR_CORPUS: readonly ErrorKind[] = [
  {
    kind: 'PostgreSQL: wrong password',
    texts: [
      { text: 'FATAL: password authentication failed for user "etl"' },
      { text: 'FATAL:  password authentication failed for user "reporting_2"\nDETAIL: see the log' },
      { text: '2026-11-24 03:55:01.221 UTC [4711] FATAL: password authentication failed for user "ana"' },
    ],
  },
  {
    kind: 'PostgreSQL: psycopg wrong password',
    texts: [
      {
        text: 'connection to server at "db-1.corp.example" (10.4.0.17), port 5432 failed: FATAL: password authentication failed for user "etl"',
      },
      {
        text: 'connection to server at "pg.shop.internal" (192.168.7.3), port 6432 failed: FATAL: password authentication failed for user "loader"',
      },
    ],
  },
  {
    kind: 'PostgreSQL: no permission for a schema',
    texts: [
      { text: 'ERROR: permission denied for schema public' },
      { text: 'ERROR:  permission denied for schema finance_2026 (SQLSTATE 42501)\n' },
      { text: '\u001B[31mERROR: permission denied for schema crm\u001B[0m' },
    ],
  },
  {
    kind: 'PostgreSQL: no permission for a table',
    texts: [
      { text: 'ERROR: permission denied for table orders' },
      { text: 'ERROR: permission denied for table invoice_lines' },
    ],
  },
  {
    kind: 'PostgreSQL: missing relation',
    texts: [
      { text: 'ERROR: relation "orders_2019" does not exist at character 15' },
      { text: 'ERROR: relation "public.refunds" does not exist at character 122' },
      { text: 'ERROR: relation "Kunden" does not exist at character 8\nLINE 1: select * from "Kunden"' },
    ],
  },
  {
    kind: 'PostgreSQL: missing column',
    texts: [
      { text: 'ERROR: column "updated_at" does not exist' },
      { text: 'ERROR: column orders.modified does not exist' },
      { text: 'ERROR: column t1.valid_to does not exist' },
    ],
  },
  {
    kind: 'PostgreSQL: statement timeout',
    texts: [
      { text: 'ERROR: canceling statement due to statement timeout' },
      { text: '2026-11-24T04:00:00Z ERROR: canceling statement due to statement timeout' },
    ],
  },
  {
    kind: 'PostgreSQL: too many clients',
    texts: [
      { text: 'FATAL: sorry, too many clients already' },
      { text: 'FATAL:  sorry, too many clients already\n' },
    ],
  },
  {
    kind: 'PostgreSQL: duplicate key',
    texts: [
      {
        text: 'ERROR: duplicate key value violates unique constraint "orders_pkey" DETAIL: Key (id)=(81923) already exists.',
      },
      {
        text: 'ERROR: duplicate key value violates unique constraint "uq_mail" DETAIL: Key (email)=(ana@example.org) already exists.',
      },
    ],
  },
  {
    kind: 'PostgreSQL: refused connection with its string',
    texts: [
      {
        text: 'could not connect to postgresql://etl:s3cr3t-one@db.example.com:5432/shop: Connection refused',
        secrets: ['s3cr3t-one'],
      },
      {
        text: 'could not connect to postgres://loader:pa%40ss%2Fword@10.0.0.8:6543/crm?sslmode=require: Connection refused',
        secrets: ['pa%40ss%2Fword'],
      },
    ],
  },
  {
    kind: 'PostgreSQL: no entry in pg_hba.conf',
    texts: [
      {
        text: 'FATAL: no pg_hba.conf entry for host "10.4.0.17", user "etl", database "shop", SSL off',
      },
      {
        text: 'FATAL: no pg_hba.conf entry for host "2001:db8::17", user "bi", database "crm", SSL off',
      },
    ],
  },
  {
    kind: 'PostgreSQL: disk full',
    texts: [
      { text: 'ERROR: could not extend file "base/16384/24576": No space left on device' },
      { text: 'ERROR: could not extend file "base/16401/9931.2": No space left on device' },
    ],
  },
  {
    kind: 'MySQL: wrong password',
    texts: [
      {
        text: "ERROR 1045 (28000): Access denied for user 'etl'@'10.1.2.3' (using password: YES)",
      },
      {
        text: "ERROR 1045 (28000): Access denied for user 'reader'@'app.example.net' (using password: YES)",
      },
    ],
  },
  {
    kind: 'MySQL: missing table',
    texts: [
      { text: "ERROR 1146 (42S02): Table 'shop.orders' doesn't exist" },
      { text: "ERROR 1146 (42S02): Table 'crm_2.contacts' doesn't exist" },
    ],
  },
  {
    kind: 'MySQL: unknown column',
    texts: [
      { text: "ERROR 1054 (42S22): Unknown column 'updated_at' in 'field list'" },
      { text: "ERROR 1054 (42S22): Unknown column 'o.changed' in 'field list'" },
    ],
  },
  {
    kind: 'MySQL: server has gone away',
    texts: [
      { text: '(2006, "MySQL server has gone away (BrokenPipeError(32, \'Broken pipe\'))")' },
      {
        text: '(2006, "MySQL server has gone away (ConnectionResetError(104, \'Connection reset by peer\'))")',
      },
    ],
  },
  {
    kind: 'MySQL: cannot connect',
    texts: [
      { text: "ERROR 2003 (HY000): Can't connect to MySQL server on 'db.example.org:3306' (111)" },
      { text: "ERROR 2003 (HY000): Can't connect to MySQL server on '172.16.0.9:3307' (111)" },
    ],
  },
  {
    kind: 'MySQL: command denied',
    texts: [
      { text: "ERROR 1142 (42000): SELECT command denied to user 'etl'@'10.1.2.3' for table 'salaries'" },
      { text: "ERROR 1142 (42000): SELECT command denied to user 'bi'@'web-3' for table 'hr_notes'" },
    ],
  },
  {
    kind: 'SQL Server: login failed',
    texts: [
      {
        text: "Msg 18456, Level 14, State 1, Server SQL01, Line 1 Login failed for user 'etl'.",
      },
      {
        text: "Msg 18456, Level 14, State 1, Server ERP-DB7, Line 1 Login failed for user 'CORP\\svc_load'.",
      },
    ],
  },
  {
    kind: 'SQL Server: invalid object',
    texts: [
      { text: "Msg 208, Level 16, State 1, Line 1 Invalid object name 'dbo.Orders'." },
      { text: "Msg 208, Level 16, State 1, Line 7 Invalid object name 'sales.OrderLine_2'." },
    ],
  },
  {
    kind: 'SQL Server: deadlock',
    texts: [
      {
        text: 'Transaction (Process ID 62) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
      },
      {
        text: 'Transaction (Process ID 118) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
      },
    ],
  },
  {
    kind: 'SQL Server: connection string in the error',
    texts: [
      {
        text: 'Cannot open connection: Server=tcp:erp.example.com,1433;Database=erp;User Id=sa;Password=Wint3r!Fake;Encrypt=True',
        secrets: ['Wint3r!Fake'],
      },
      {
        text: 'Cannot open connection: Server=tcp:hr.example.com,1433;Database=hr;User Id=loader;Password=Summ3r;Fake;Encrypt=True',
        secrets: ['Summ3r'],
      },
    ],
  },
  {
    kind: 'SQL Server: permission denied on object',
    texts: [
      {
        text: "The SELECT permission was denied on the object 'Orders', database 'Shop', schema 'dbo'.",
      },
      {
        text: "The SELECT permission was denied on the object 'Wages', database 'HR', schema 'pay'.",
      },
    ],
  },
  {
    kind: 'Oracle: missing table',
    texts: [
      { text: 'ORA-00942: table or view does not exist' },
      { text: 'ORA-00942: table or view does not exist\nORA-06512: at "ETL.LOAD", line 12' },
    ],
  },
  {
    kind: 'Oracle: wrong password',
    texts: [
      { text: 'ORA-01017: invalid username/password; logon denied' },
      { text: '\n  ORA-01017: invalid username/password; logon denied' },
    ],
  },
  {
    kind: 'Oracle: no listener',
    texts: [
      { text: 'ORA-12541: TNS:no listener (CONNECTION_ID=a1B2c3D4e5F6a7B8)' },
      { text: 'ORA-12541: TNS:no listener (CONNECTION_ID=9z8Y7x6W5v4U3t2S)' },
    ],
  },
  {
    kind: 'Oracle: tablespace full',
    texts: [
      { text: 'ORA-01653: unable to extend table SHOP.ORDERS by 128 in tablespace USERS' },
      { text: 'ORA-01653: unable to extend table CRM.MAILS by 8192 in tablespace DATA02' },
    ],
  },
  {
    kind: 'HTTP API: 401',
    texts: [
      { text: 'HTTP 401 Unauthorized: invalid api key' },
      { text: 'HTTP 401 Unauthorized: Invalid API key' },
      {
        text: '{"code": 401, "message": "HTTP 401 Unauthorized: invalid api key", "request_id": "req_8f3a77c2"}',
      },
    ],
  },
  {
    kind: 'HTTP API: Stripe-like invalid key',
    texts: [
      {
        text: '{"error": {"message": "Invalid API Key provided: sk_live_FAKEfakeFAKEfakeFAKE1234", "type": "invalid_request_error"}}',
        secrets: ['sk_live_FAKEfakeFAKEfakeFAKE1234', 'FAKEfakeFAKE'],
      },
      {
        text: '{"error": {"message": "Invalid API Key provided: rk_test_0000fake1111fake2222fake", "type": "invalid_request_error"}}',
        secrets: ['0000fake1111'],
      },
    ],
  },
  {
    kind: 'HTTP API: 403',
    texts: [
      { text: '403 Forbidden: the caller does not have permission' },
      { text: '{"error":{"code":403,"message":"403 Forbidden: the caller does not have permission"}}' },
    ],
  },
  {
    kind: 'HTTP API: 429',
    texts: [
      { text: 'HTTP 429 Too Many Requests: rate limit of 100 requests per 10 s exceeded, retry after 7 s' },
      { text: 'HTTP 429 Too Many Requests: rate limit of 40 requests per 60 s exceeded, retry after 31 s' },
    ],
  },
  {
    kind: 'HTTP API: 503',
    texts: [
      { text: '503 Service Unavailable (request id 3f2504e0-4f89-11d3-9a0c-0305e82c3301)' },
      { text: '503 Service Unavailable (request id 7d444840-9dc0-11d1-b245-5ffdce74fad2)' },
    ],
  },
  {
    kind: 'HTTP API: 500 of an HTTP client',
    texts: [
      { text: 'Request failed with status code 500' },
      {
        text: 'Request failed with status code 500\n    at settle (/app/node_modules/axios/lib/core/settle.js:19:12)',
      },
    ],
  },
  {
    kind: 'HTTP API: 404 of an HTTP client',
    texts: [
      { text: 'Request failed with status code 404' },
      { text: 'Request failed with status code 404\n    at createError (/srv/app/createError.js:16:15)' },
    ],
  },
  {
    kind: 'HTTP API: expired OAuth token',
    texts: [
      {
        text: '{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}',
      },
      {
        text: 'refresh failed: {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}'.replace(
          'refresh failed: ',
          '',
        ),
      },
    ],
  },
  {
    kind: 'HTTP API: bearer token in the request',
    texts: [
      {
        text: 'GET https://api.example.com/v2/contacts?page=3 failed (Authorization: Bearer fake0123456789fakefakefake): 401',
        secrets: ['fake0123456789'],
      },
      {
        text: 'GET https://eu.example.com/v2/deals?cursor=a81 failed (Authorization: Bearer eyJmYWtl.ZmFrZWZha2U.c2lnbmF0dXJl0): 401',
        secrets: ['eyJmYWtl', 'c2lnbmF0dXJl0'],
      },
    ],
  },
  {
    kind: 'HTTP API: key in the URL',
    texts: [
      {
        text: 'GET https://maps.example.com/geo?api_key=FAKEKEY12345678&q=x returned 400 Bad Request',
        secrets: ['FAKEKEY12345678'],
      },
      {
        text: 'GET https://geo.example.net/v1?token=notreal-token-abcdef&id=7 returned 400 Bad Request',
        secrets: ['notreal-token-abcdef'],
      },
    ],
  },
  {
    kind: 'HTTP API: GraphQL field',
    texts: [
      { text: '{"errors":[{"message":"Cannot query field \\"vatId\\" on type \\"Customer\\"."}]}' },
      { text: '{"errors":[{"message":"Cannot query field \\"sku2\\" on type \\"OrderLine\\"."}]}' },
    ],
  },
  {
    kind: 'Google Sheets: unparsable range',
    texts: [
      { text: "APIError: [400]: Unable to parse range: 'Budget'!A1:Z900" },
      { text: "APIError: [400]: Unable to parse range: 'Plan 2027'!B2:D14" },
    ],
  },
  {
    kind: 'AWS: access denied',
    texts: [
      {
        text: 'An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/etl is not authorized (key AKIAFAKEFAKEFAKE1234)',
        secrets: ['AKIAFAKEFAKEFAKE1234'],
      },
      {
        text: 'An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::444455556666:user/load is not authorized (key ASIAFAKEFAKEFAKE5678)',
        secrets: ['ASIAFAKEFAKEFAKE5678'],
      },
    ],
  },
  {
    kind: 'TLS: expired certificate',
    texts: [
      {
        text: 'x509: certificate has expired or is not yet valid: current time 2026-11-24T03:55:01Z is after 2026-11-23T23:59:59Z',
      },
      {
        text: 'x509: certificate has expired or is not yet valid: current time 2026-12-01T10:00:00Z is after 2026-11-30T12:00:00Z',
      },
    ],
  },
  {
    kind: 'TLS: self-signed certificate',
    texts: [
      {
        text: '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)',
      },
      {
        text: '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:997)',
      },
    ],
  },
  {
    kind: 'TLS: wrong host name',
    texts: [
      {
        text: "Hostname/IP does not match certificate's altnames: Host: db.example.com. is not in the cert's altnames: DNS:*.example.org",
      },
      {
        text: "Hostname/IP does not match certificate's altnames: Host: pg.shop.example.net. is not in the cert's altnames: DNS:pg.example.net",
      },
    ],
  },
  {
    kind: 'DNS: not found (Node.js)',
    texts: [
      { text: 'getaddrinfo ENOTFOUND db.example.com' },
      { text: 'getaddrinfo ENOTFOUND erp-2.corp.internal' },
    ],
  },
  {
    kind: 'DNS: not found (libpq)',
    texts: [
      { text: 'could not translate host name "db-main" to address: Name or service not known' },
      { text: 'could not translate host name "pg.example.com" to address: Name or service not known' },
    ],
  },
  {
    kind: 'Socket: refused (Node.js)',
    texts: [
      { text: 'connect ECONNREFUSED 10.4.0.17:5432' },
      { text: 'connect ECONNREFUSED 127.0.0.1:1433' },
      { text: 'connect ECONNREFUSED ::1:3306' },
    ],
  },
  {
    kind: 'Socket: timeout (Node.js)',
    texts: [{ text: 'connect ETIMEDOUT 52.17.8.9:443' }, { text: 'connect ETIMEDOUT 10.9.8.7:5432' }],
  },
  {
    kind: 'Socket: timeout (Go)',
    texts: [
      { text: 'dial tcp 10.4.0.17:5432: i/o timeout' },
      { text: 'dial tcp 192.0.2.44:3306: i/o timeout' },
    ],
  },
  {
    kind: 'Socket: closed by the server',
    texts: [
      {
        text: 'server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally',
      },
      { text: 'server closed the connection unexpectedly' },
    ],
  },
  {
    kind: 'Java: communications link',
    texts: [
      {
        text: 'com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure\n\nThe last packet sent successfully to the server was 0 milliseconds ago.',
      },
      {
        text: 'com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure\nat com.mysql.cj.jdbc.ConnectionImpl.connect(ConnectionImpl.java:448)',
      },
    ],
  },
  {
    kind: 'Java: JDBC URL',
    texts: [
      {
        text: 'Failed to obtain JDBC Connection: jdbc:postgresql://db.example.com/shop?user=etl&password=fake-pass-1',
        secrets: ['fake-pass-1'],
      },
      {
        text: 'Failed to obtain JDBC Connection: jdbc:mysql://10.3.3.3:3306/crm?user=bi&password=fake%20pass&useSSL=true',
        secrets: ['fake%20pass'],
      },
    ],
  },
  {
    kind: 'Python: traceback with a key error',
    texts: [
      {
        text: 'Traceback (most recent call last):\n  File "/app/load.py", line 31, in run\n    row["vat_id"]\nKeyError: \'vat_id\'',
      },
      {
        text: 'Traceback (most recent call last):\n  File "/opt/etl/main.py", line 7, in <module>\n    main()\nKeyError: \'sku\'',
      },
    ],
  },
  {
    kind: 'Python: traceback with a value error',
    texts: [
      {
        text: "Traceback (most recent call last):\n  File \"/app/load.py\", line 88, in parse\nValueError: time data '24/11/2026' does not match format '%Y-%m-%d'",
      },
      {
        text: "Traceback (most recent call last):\n  File \"/app/load.py\", line 90, in parse\nValueError: time data '1.2.26' does not match format '%Y-%m-%d'",
      },
    ],
  },
  {
    kind: 'Python: requests timeout',
    texts: [
      {
        text: "HTTPSConnectionPool(host='api.example.com', port=443): Read timed out. (read timeout=30)",
      },
      {
        text: "HTTPSConnectionPool(host='eu1.example.net', port=8443): Read timed out. (read timeout=60)",
      },
    ],
  },
  {
    kind: 'Destination: type mismatch',
    texts: [
      { text: 'cannot cast column "amount" from text to numeric: value "12,50 EUR" in row 8812' },
      { text: 'cannot cast column "zip" from text to numeric: value "D-10115" in row 3' },
    ],
  },
  {
    kind: 'Snowflake-like: missing object',
    texts: [
      {
        text: "002003 (42S02): SQL compilation error: Object 'RAW.PUBLIC.ORDERS' does not exist or not authorized.",
      },
      {
        text: "002003 (42S02): SQL compilation error: Object 'DEV.CRM.LEADS_2' does not exist or not authorized.",
      },
    ],
  },
  {
    kind: 'BigQuery-like: quota',
    texts: [
      {
        text: 'Quota exceeded: Your project exceeded quota for tabledata.list bytes per second per project. Project: shop-prod-1',
      },
      {
        text: 'Quota exceeded: Your project exceeded quota for tabledata.list bytes per second per project. Project: crm-dev-22',
      },
    ],
  },
  {
    kind: 'MongoDB-like: authentication',
    texts: [
      {
        text: 'MongoServerError: Authentication failed. mongodb+srv://etl:fakepw99@cluster0.ab1cd.mongodb.example.net/shop',
        secrets: ['fakepw99'],
      },
      {
        text: 'MongoServerError: Authentication failed. mongodb+srv://bi:anotherfake@c7.zz9yy.mongodb.example.net/crm?retryWrites=true',
        secrets: ['anotherfake'],
      },
    ],
  },
  {
    kind: 'SFTP: private key in the error',
    texts: [
      {
        text: 'cannot load key: -----BEGIN OPENSSH PRIVATE KEY-----\nZmFrZWtleWZha2VrZXk=\n-----END OPENSSH PRIVATE KEY-----\n: invalid format',
        secrets: ['ZmFrZWtleWZha2VrZXk'],
      },
      {
        text: 'cannot load key: -----BEGIN OPENSSH PRIVATE KEY-----\nb3RoZXJmYWtla2V5\n-----END OPENSSH PRIVATE KEY-----\n: invalid format',
        secrets: ['b3RoZXJmYWtla2V5'],
      },
    ],
  },
  {
    kind: 'Slack token in the error',
    texts: [
      {
        text: 'slack.errors.SlackApiError: invalid_auth (token xoxb-fake-000000-notreal)',
        secrets: ['xoxb-fake-000000', 'notreal'],
      },
      {
        text: 'slack.errors.SlackApiError: invalid_auth (token xoxp-fake-111111-unreal)',
        secrets: ['xoxp-fake-111111', 'unreal'],
      },
    ],
  },
  {
    kind: 'Command line with a password',
    texts: [
      {
        text: 'exit code 1: pg_dump --host=db.example.com --username=etl --password fakeword1',
        secrets: ['fakeword1'],
      },
      {
        text: 'exit code 1: pg_dump --host=10.0.0.3 --username=bi --password "two fake"',
        secrets: ['two fake'],
      },
    ],
  },
  {
    kind: 'Environment dump',
    texts: [
      {
        text: 'config error: PGPASSWORD=hunter2fake PGHOST=db.example.com missing PGDATABASE',
        secrets: ['hunter2fake'],
      },
      {
        text: 'config error: PGPASSWORD=swordfishfake PGHOST=10.2.2.2 missing PGDATABASE',
        secrets: ['swordfishfake'],
      },
    ],
  },
  {
    kind: 'PostgreSQL: deadlock',
    texts: [
      {
        text: 'ERROR: deadlock detected DETAIL: Process 9912 waits for ShareLock on transaction 55121; blocked by process 9913.',
      },
      {
        text: 'ERROR: deadlock detected DETAIL: Process 12 waits for ShareLock on transaction 991; blocked by process 77.',
      },
    ],
  },
  {
    kind: 'PostgreSQL: not a number',
    texts: [
      { text: 'ERROR: invalid input syntax for type numeric: "n/a"' },
      { text: 'ERROR: invalid input syntax for type numeric: "12,5"' },
    ],
  },
  {
    kind: 'PostgreSQL: value too long',
    texts: [
      { text: 'ERROR: value too long for type character varying(64)' },
      { text: 'ERROR: value too long for type character varying(255)' },
    ],
  },
  {
    kind: 'PostgreSQL: serialization',
    texts: [
      { text: 'ERROR: could not serialize access due to concurrent update' },
      { text: 'ERROR:  could not serialize access due to concurrent update' },
    ],
  },
  {
    kind: 'MySQL: lock wait',
    texts: [
      { text: 'ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction' },
      { text: 'ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction' },
    ],
  },
  {
    kind: 'MySQL: too many connections',
    texts: [
      { text: 'ERROR 1040 (08004): Too many connections' },
      { text: 'ERROR 1040 (08004): Too many connections' },
    ],
  },
  {
    kind: 'SQL Server: database of the login',
    texts: [
      {
        text: 'Cannot open database "Shop" requested by the login. The login failed. Login failed for user \'svc\'.',
      },
      {
        text: 'Cannot open database "HR" requested by the login. The login failed. Login failed for user \'etl2\'.',
      },
    ],
  },
  {
    kind: 'SQL Server: instance not found',
    texts: [
      {
        text: 'A network-related or instance-specific error occurred while establishing a connection to SQL Server. (provider: TCP Provider, error: 40)',
      },
      {
        text: 'A network-related or instance-specific error occurred while establishing a connection to SQL Server. (provider: TCP Provider, error: 40)',
      },
    ],
  },
  {
    kind: 'Oracle: snapshot too old',
    texts: [
      { text: 'ORA-01555: snapshot too old: rollback segment number 7 with name "_SYSSMU7_11" too small' },
      { text: 'ORA-01555: snapshot too old: rollback segment number 12 with name "_SYSSMU12_9" too small' },
    ],
  },
  {
    kind: 'Oracle: expired password',
    texts: [{ text: 'ORA-28001: the password has expired' }, { text: 'ORA-28001: the password has expired' }],
  },
  {
    kind: 'Oracle: connect timeout',
    texts: [
      { text: 'ORA-12170: TNS:Connect timeout occurred' },
      { text: 'ORA-12170: TNS:Connect timeout occurred' },
    ],
  },
  {
    kind: 'HTTP API: invalid access token',
    texts: [
      {
        text: '{"type":"error","error":{"details":"x","title":"Invalid Access Token","detail":"The access token provided is invalid: shpat_0123fakefake"}}',
        secrets: ['0123fakefake'],
      },
      {
        text: '{"type":"error","error":{"title":"Invalid Access Token","detail":"The access token provided is invalid: shpat_9999otherfake"}}',
        secrets: ['9999otherfake'],
      },
    ],
  },
  {
    kind: 'HTTP API: OAuth token too old',
    texts: [
      {
        text: '{"status":"error","message":"The OAuth token used to make this call expired 13 minute(s) ago.","correlationId":"3c1f9a1e-5555-4444-8888-1234567890ab"}',
      },
      {
        text: '{"status":"error","message":"The OAuth token used to make this call expired 2 minute(s) ago.","correlationId":"aa1f9a1e-5555-4444-8888-1234567890ab"}',
      },
    ],
  },
  {
    kind: 'HTTP API: list of errors',
    texts: [
      { text: '[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]' },
      { text: '[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]' },
    ],
  },
  {
    kind: 'HTTP API: no such column',
    texts: [
      { text: "INVALID_FIELD: No such column 'Region__c' on entity 'Account'." },
      { text: "INVALID_FIELD: No such column 'Tier__c' on entity 'Lead'." },
    ],
  },
  {
    kind: 'HTTP API: gateway',
    texts: [{ text: '502 Bad Gateway <html><head><title>502</title></head>' }, { text: '502 Bad Gateway' }],
  },
  {
    kind: 'HTTP API: upstream timeout',
    texts: [{ text: 'upstream request timeout' }, { text: 'upstream request timeout' }],
  },
  {
    kind: 'Socket: reset (Go)',
    texts: [
      { text: 'read tcp 10.1.1.1:50412->10.2.2.2:5432: read: connection reset by peer' },
      { text: 'read tcp 172.16.1.9:33012->10.9.9.9:5432: read: connection reset by peer' },
    ],
  },
  {
    kind: 'DNS: not found (Go)',
    texts: [
      { text: 'lookup db.internal on 10.0.0.2:53: no such host' },
      { text: 'lookup erp.corp.example on 10.0.0.53:53: no such host' },
    ],
  },
  {
    kind: 'TLS: unknown authority',
    texts: [
      { text: 'tls: failed to verify certificate: x509: certificate signed by unknown authority' },
      { text: 'tls: failed to verify certificate: x509: certificate signed by unknown authority' },
    ],
  },
  {
    kind: 'TLS: wrong version',
    texts: [
      { text: 'write EPROTO 140:error:1408F10B:SSL routines:ssl3_get_record:wrong version number' },
      { text: 'write EPROTO 998:error:1408F10B:SSL routines:ssl3_get_record:wrong version number' },
    ],
  },
  {
    kind: 'Python: SSL connection closed',
    texts: [
      {
        text: 'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) SSL connection has been closed unexpectedly',
      },
      {
        text: 'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) SSL connection has been closed unexpectedly',
      },
    ],
  },
  {
    kind: 'Cursor: invalid value',
    texts: [
      { text: 'Invalid cursor value 2026-13-45 for column updated_at' },
      { text: 'Invalid cursor value 0000-00-00 for column modified' },
    ],
  },
  {
    kind: 'Destination: wrong type',
    texts: [
      { text: 'column "price" is of type numeric but expression is of type text' },
      { text: 'column "zip" is of type numeric but expression is of type text' },
    ],
  },
  {
    kind: 'Source: column removed',
    texts: [
      { text: 'schema drift: column vat_id was removed from source public.orders' },
      { text: 'schema drift: column tier was removed from source crm.accounts' },
    ],
  },
  {
    kind: 'Agent: out of memory',
    texts: [
      { text: 'out of memory: Killed process 4411 (extract)' },
      { text: 'out of memory: Killed process 18 (extract)' },
    ],
  },
  {
    kind: 'Agent: worker killed',
    texts: [{ text: 'worker exited with code 137' }, { text: 'worker exited with code 137' }],
  },
  {
    kind: 'Agent: disconnected',
    texts: [
      { text: 'run was lost: agent warehouse-1 disconnected at 2026-11-24T08:12:44Z' },
      { text: 'run was lost: agent box_7 disconnected at 2026-11-25T01:00:00Z' },
    ],
  },
  {
    kind: 'An error in German',
    texts: [
      { text: 'Fehler: Anmeldung für Benutzer "etl" fehlgeschlagen' },
      { text: 'Fehler: Anmeldung für Benutzer "bi2" fehlgeschlagen' },
    ],
  },
  {
    kind: 'MySQL: URL and access denied',
    texts: [
      { text: 'mysql://root:toor-fake@10.0.0.5/shop: Access denied', secrets: ['toor-fake'] },
      { text: 'mysql://bi:other-fake@db.example.org/crm: Access denied', secrets: ['other-fake'] },
    ],
  },
];
