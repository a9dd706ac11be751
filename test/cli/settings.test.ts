import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSettings, type WatchSettings } from '../../cli/settings.ts';
import { parsePolicy } from '../../lambda/core/policy.ts';
import { aFolder, KEY, removeFolders, SECRETS, TOKEN } from './a-laptop.ts';

const REAL = { TIMBAL_API_KEY: KEY, TIMBAL_ORG_ID: 'acme' };
const WEBHOOK = `https://hooks.slack.com/services/T0/${TOKEN}`;

afterEach(removeFolders);

type Variables = Readonly<Record<string, string | undefined>>;

function settingsFor(environment: Variables): WatchSettings {
  const parsed = parseSettings(environment);
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  if (parsed.settings.kind !== 'watch') throw new Error('these are settings for the story');
  return parsed.settings;
}

/** The faults, none of which may hold a secret. */
function faultsOf(environment: Variables): readonly string[] {
  const parsed = parseSettings(environment);
  const faults = parsed.ok ? [] : parsed.faults;
  for (const secret of SECRETS) expect(faults.join()).not.toContain(secret);
  return faults;
}

describe('the settings', () => {
  it('ask for the story when nothing is set, whatever else the environment holds', () => {
    const story = { ok: true, settings: { kind: 'story' } };
    expect(parseSettings({})).toEqual(story);
    expect(parseSettings({ HOME: '/home/someone', AWS_REGION: 'eu-west-1' })).toEqual(story);
  });

  it('ask for the story on Slack when a webhook alone is set', () => {
    expect(parseSettings({ SLACK_WEBHOOK_URL: WEBHOOK })).toEqual({
      ok: true,
      settings: { kind: 'story', webhookUrl: WEBHOOK },
    });
  });

  it('ask for the real thing with a key and an organisation, and have a default for all else', () => {
    const defaultPolicy = parsePolicy({});
    expect(settingsFor(REAL)).toEqual({
      kind: 'watch',
      apiKey: KEY,
      organisation: 'acme',
      baseUrl: 'https://api.timbal.ai',
      stateFile: '.sync-alerts/acme.json',
      policy: defaultPolicy.ok && defaultPolicy.policy,
    });
  });

  it('take every variable', () => {
    const policyFile = join(aFolder(), 'policy.json');
    writeFileSync(policyFile, '{"repeatEvery": "12h"}');
    const settings = settingsFor({
      ...REAL,
      TIMBAL_BASE_URL: 'https://api.dev.timbal.ai',
      TIMBAL_CONNECTOR_ID: 'postgres',
      SLACK_WEBHOOK_URL: WEBHOOK,
      SYNC_ALERTS_STATE: 'elsewhere.json',
      SYNC_ALERTS_POLICY: policyFile,
    });
    expect(settings).toMatchObject({
      baseUrl: 'https://api.dev.timbal.ai',
      connectorId: 'postgres',
      webhookUrl: WEBHOOK,
      stateFile: 'elsewhere.json',
      policy: { repeatIntervalSeconds: 12 * 3600 },
    });
  });

  it('take a variable that is empty or blank for one that is not set', () => {
    const blank = { TIMBAL_BASE_URL: '', TIMBAL_CONNECTOR_ID: ' ', SLACK_WEBHOOK_URL: '' };
    expect(settingsFor({ ...REAL, ...blank, SYNC_ALERTS_STATE: '', SYNC_ALERTS_POLICY: '\n' })).toEqual(
      settingsFor(REAL),
    );
    expect(parseSettings({ TIMBAL_API_KEY: '', TIMBAL_ORG_ID: ' ' })).toEqual(parseSettings({}));
    expect(faultsOf({ TIMBAL_API_KEY: KEY, TIMBAL_ORG_ID: '' })).toHaveLength(1);
  });

  it('take a value without the space around it, which a copy often has', () => {
    expect(settingsFor({ TIMBAL_API_KEY: ` ${KEY}\n`, TIMBAL_ORG_ID: 'acme ' })).toEqual(settingsFor(REAL));
  });
});

describe('settings that are wrong', () => {
  it.each([
    ['TIMBAL_ORG_ID', { TIMBAL_API_KEY: KEY }],
    ['TIMBAL_API_KEY', { TIMBAL_ORG_ID: 'acme' }],
  ])(
    'are told that %s is missing, when the other of the two is set',
    (observationOfUnlisted, environment) => {
      expect(faultsOf(environment)).toEqual([
        expect.stringMatching(`^${observationOfUnlisted} is missing: `),
      ]);
    },
  );

  it.each(['TIMBAL_BASE_URL', 'TIMBAL_CONNECTOR_ID', 'SYNC_ALERTS_STATE'])(
    'are told that %s alone has nothing to check, where the story would hide the mistake',
    (name) => {
      expect(faultsOf({ [name]: 'https://api.dev.timbal.ai' })).toEqual([
        `${name} is set, but TIMBAL_API_KEY and TIMBAL_ORG_ID are not: there is nothing to check`,
      ]);
    },
  );

  it.each([
    ['api.timbal.ai', 'is not a URL'],
    ['http://api.timbal.ai', 'is not https'],
    ['ftp://api.timbal.ai', 'is not https'],
    ['https://api.timbal.ai/?page=1', 'holds a query or a fragment'],
    [`https://${KEY}:x@api.timbal.ai`, 'holds a user name or a password'],
  ])('are told of a base URL that cannot be one: %s', (url, fault) => {
    expect(faultsOf({ ...REAL, TIMBAL_BASE_URL: url })).toEqual([
      expect.stringContaining(`TIMBAL_BASE_URL ${fault}`),
    ]);
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])(
    'are not told of plain http on loopback: %s',
    (url) => {
      expect(faultsOf({ ...REAL, TIMBAL_BASE_URL: url, SLACK_WEBHOOK_URL: url })).toEqual([]);
    },
  );

  it.each([
    [`https://hooks.slack.com/triggers/T0/${TOKEN}`, 'is a workflow webhook (/triggers/)'],
    [`https://hooks.slack.com/workflows/T0/${TOKEN}`, 'is a workflow webhook (/workflows/)'],
    [`https://hooks.slack-gov.com/triggers/T0/${TOKEN}`, 'is a workflow webhook (/triggers/)'],
    [`https://hooks.slack.com/${TOKEN}`, 'is not an incoming webhook'],
    [`http://hooks.slack.com/services/${TOKEN}`, 'is not https'],
    [TOKEN, 'is not a URL'],
  ])('are told of a webhook that is none, without repeating it: %s', (url, fault) => {
    const faults = [expect.stringContaining(`SLACK_WEBHOOK_URL ${fault}`)];
    expect(faultsOf({ ...REAL, SLACK_WEBHOOK_URL: url })).toEqual(faults);
    expect(faultsOf({ SLACK_WEBHOOK_URL: url })).toEqual(faults);
  });

  it('are told of all their faults at once', () => {
    const policyFile = join(aFolder(), 'policy.json');
    writeFileSync(policyFile, '{"graze": "5m", "repeatEvery": "daily"}');
    const faults = faultsOf({
      TIMBAL_API_KEY: KEY,
      TIMBAL_BASE_URL: 'http://api.timbal.ai',
      SLACK_WEBHOOK_URL: `https://hooks.slack.com/triggers/T0/${TOKEN}`,
      SYNC_ALERTS_POLICY: policyFile,
    });
    expect(faults.map((fault) => fault.replace(policyFile, 'FILE')).sort()).toEqual([
      expect.stringMatching(/^SLACK_WEBHOOK_URL /),
      expect.stringMatching(/^TIMBAL_BASE_URL /),
      expect.stringMatching(/^TIMBAL_ORG_ID /),
      expect.stringMatching(/^the policy FILE: graze: /),
      expect.stringMatching(/^the policy FILE: repeatEvery: /),
    ]);
  });
});

describe('the policy file', () => {
  function faultsOfFile(text: string): readonly string[] {
    const file = join(aFolder(), 'policy.json');
    writeFileSync(file, text);
    return faultsOf({ ...REAL, SYNC_ALERTS_POLICY: file }).map((fault) => fault.replace(file, 'FILE'));
  }

  it('is named when it is not there, or is a folder', () => {
    const folder = aFolder();
    const observationOfUnlisted = join(folder, 'policy.json');
    const cannotBeRead = (file: string, why: string) => [
      expect.stringContaining(`SYNC_ALERTS_POLICY names ${file}, which cannot be read: ${why}`),
    ];
    expect(faultsOf({ ...REAL, SYNC_ALERTS_POLICY: observationOfUnlisted })).toEqual(
      cannotBeRead(observationOfUnlisted, 'ENOENT'),
    );
    expect(faultsOf({ ...REAL, SYNC_ALERTS_POLICY: folder })).toEqual(cannotBeRead(folder, 'EISDIR'));
  });

  it.each([
    ['', /which is not JSON$/],
    ['sk-short-key', /which is not JSON$/],
    ['{"grace": "5m",}', /which is not JSON: it is wrong at position 15/],
  ])('is named when it is not JSON, and not quoted: %j', (text, says) => {
    expect(faultsOfFile(text)).toEqual([expect.stringMatching(says)]);
    expect(faultsOfFile(text).join()).not.toContain('sk-short');
  });

  it.each([
    ['null', 'the policy'],
    ['"strict"', 'the policy'],
    ['{"grace": 5}', 'grace'],
    ['{"grace": "5 min"}', 'grace'],
    ['{"graze": "5m"}', 'graze'],
    ['{"ignore": [{"match": {"nmae": "x"}, "reason": "y"}]}', 'ignore.0.match.nmae'],
    ['{"overrides": [{"match": {"id": "x"}, "grace": "soon"}]}', 'overrides.0.grace'],
  ])('is named with the field that is wrong: %s', (text, field) => {
    expect(faultsOfFile(text)).toEqual([expect.stringContaining(`the policy FILE: ${field}: `)]);
  });
});

describe('the memory file', () => {
  const fileFor = (environment: Variables) => settingsFor({ ...REAL, ...environment }).stateFile;

  it('is named after the organisation', () => {
    expect(fileFor({ TIMBAL_ORG_ID: 'acme-2_eu' })).toBe('.sync-alerts/acme-2_eu.json');
  });

  it('is the same for the default base URL, written out or with a slash at its end', () => {
    expect(fileFor({ TIMBAL_BASE_URL: 'https://api.timbal.ai' })).toBe('.sync-alerts/acme.json');
    expect(fileFor({ TIMBAL_BASE_URL: 'https://api.timbal.ai/' })).toBe('.sync-alerts/acme.json');
  });

  it('is another for another organisation, base URL or connector, and the same each time', () => {
    const scopes = [
      {},
      { TIMBAL_ORG_ID: 'Acme' },
      { TIMBAL_ORG_ID: 'ACME' },
      { TIMBAL_BASE_URL: 'https://api.dev.timbal.ai' },
      { TIMBAL_CONNECTOR_ID: 'postgres' },
      { TIMBAL_ORG_ID: 'ACME', TIMBAL_CONNECTOR_ID: 'null' },
      { TIMBAL_BASE_URL: 'https://api.dev.timbal.ai', TIMBAL_CONNECTOR_ID: 'postgres' },
    ];
    const files = scopes.map(fileFor);
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(scopes.length);
    expect(scopes.map(fileFor)).toEqual(files);
  });

  it.each(['../../etc/passwd', 'a/b', 'C:\\temp', 'ac me', 'a'.repeat(81), 'ñandú', '.'])(
    'stays in its folder, with a name that any disk takes: organisation %j',
    (organisation) => {
      expect(fileFor({ TIMBAL_ORG_ID: organisation })).toMatch(
        /^\.sync-alerts\/[a-z0-9_-]{1,40}\.[0-9a-f]{12}\.json$/,
      );
    },
  );
});
