import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isUnconfigured,
  parseStorySettings,
  parseWatchSettings,
  type WatchSettings,
} from '../../cli/settings.ts';
import { VARIABLES } from '../../cli/variables.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { aFolder, KEY, removeFolders, SECRETS, TOKEN } from './a-laptop.ts';

const REAL = { TIMBAL_API_KEY: KEY, TIMBAL_ORG_ID: 'acme' };
const WEBHOOK = `https://hooks.slack.com/services/T0/${TOKEN}`;

afterEach(removeFolders);

type Variables = Readonly<Record<string, string | undefined>>;

function settingsFor(environment: Variables): WatchSettings {
  const parsed = parseWatchSettings(environment, false);
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return parsed.settings;
}

/** The faults; fails when one contains a secret. */
function faultsOf(environment: Variables, posts = false): readonly string[] {
  const parsed = parseWatchSettings(environment, posts);
  const faults = parsed.ok ? [] : parsed.faults;
  for (const secret of SECRETS) expect(faults.join()).not.toContain(secret);
  return faults;
}

describe('the settings of npm start', () => {
  it('are those of a check with a key and an organisation, and have defaults for the rest', () => {
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

  it('contain the value of every variable', () => {
    const policyFile = join(aFolder(), 'policy.json');
    writeFileSync(policyFile, '{"repeatInterval": "12h"}');
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

  it('treat an empty or blank variable as not set', () => {
    const blank = { TIMBAL_BASE_URL: '', TIMBAL_CONNECTOR_ID: ' ', SLACK_WEBHOOK_URL: '' };
    expect(settingsFor({ ...REAL, ...blank, SYNC_ALERTS_STATE: '', SYNC_ALERTS_POLICY: '\n' })).toEqual(
      settingsFor(REAL),
    );
    expect(faultsOf({ TIMBAL_API_KEY: KEY, TIMBAL_ORG_ID: '' })).toHaveLength(1);
  });

  it('contain values without the blanks around them', () => {
    expect(settingsFor({ TIMBAL_API_KEY: ` ${KEY}\n`, TIMBAL_ORG_ID: 'acme ' })).toEqual(settingsFor(REAL));
  });
});

describe('the settings of the demo', () => {
  it('need nothing while it is only printed, whatever is set', () => {
    const story = { ok: true, settings: { kind: 'story' } };
    expect(parseStorySettings({}, false)).toEqual(story);
    expect(parseStorySettings({ ...REAL, SLACK_WEBHOOK_URL: 'nowhere' }, false)).toEqual(story);
  });

  it('need a webhook when it is to be posted', () => {
    expect(parseStorySettings({ SLACK_WEBHOOK_URL: WEBHOOK }, true)).toEqual({
      ok: true,
      settings: { kind: 'story', webhookUrl: WEBHOOK },
    });
    expect(parseStorySettings({}, true)).toEqual({
      ok: false,
      faults: ['SLACK_WEBHOOK_URL is missing: --post posts to it'],
    });
    expect(parseStorySettings({ SLACK_WEBHOOK_URL: 'nowhere' }, true)).toMatchObject({ ok: false });
  });
});

describe('an environment is unconfigured', () => {
  it('when none of our variables is set', () => {
    expect(isUnconfigured({})).toBe(true);
    expect(isUnconfigured({ HOME: '/home/someone', AWS_REGION: 'eu-west-1' })).toBe(true);
  });

  it.each(Object.keys(VARIABLES))('not when %s is set, even to nothing', (name) => {
    expect(isUnconfigured({ [name]: '' })).toBe(false);
  });
});

describe('the faults of the settings', () => {
  it.each([
    [{ TIMBAL_API_KEY: KEY }, ['TIMBAL_ORG_ID']],
    [{ TIMBAL_ORG_ID: 'acme' }, ['TIMBAL_API_KEY']],
    [{}, ['TIMBAL_API_KEY', 'TIMBAL_ORG_ID']],
    [{ SLACK_WEBHOOK_URL: WEBHOOK }, ['TIMBAL_API_KEY', 'TIMBAL_ORG_ID']],
    [{ TIMBAL_API_KEY: '', TIMBAL_ORG_ID: ' ' }, ['TIMBAL_API_KEY', 'TIMBAL_ORG_ID']],
  ])('name what is missing: %j', (environment, missing) => {
    expect(faultsOf(environment)).toEqual(
      missing.map((name) => expect.stringMatching(`^${name} is missing: `)),
    );
  });

  it('name the webhook as missing for a command that is to post', () => {
    expect(faultsOf(REAL, true)).toEqual(['SLACK_WEBHOOK_URL is missing: --post posts to it']);
    expect(faultsOf({ ...REAL, SLACK_WEBHOOK_URL: WEBHOOK }, true)).toEqual([]);
  });

  it.each([
    ['api.timbal.ai', 'is not a URL'],
    ['http://api.timbal.ai', 'is not https'],
    ['ftp://api.timbal.ai', 'is not https'],
    ['https://api.timbal.ai/?page=1', 'holds a query or a fragment'],
    [`https://${KEY}:x@api.timbal.ai`, 'holds a user name or a password'],
  ])('name a base URL that is not allowed: %s', (url, fault) => {
    expect(faultsOf({ ...REAL, TIMBAL_BASE_URL: url })).toEqual([
      expect.stringContaining(`TIMBAL_BASE_URL ${fault}`),
    ]);
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])(
    'allow plain http on loopback: %s',
    (url) => {
      expect(faultsOf({ ...REAL, TIMBAL_BASE_URL: url, SLACK_WEBHOOK_URL: url })).toEqual([]);
    },
  );

  it.each([
    [`https://hooks.slack.com/triggers/T0/${TOKEN}`, 'is a workflow webhook (/triggers/)'],
    [`https://hooks.slack.com/workflows/T0/${TOKEN}`, 'is a workflow webhook (/workflows/)'],
    [`https://hooks.slack-gov.com/triggers/T0/${TOKEN}`, 'is a workflow webhook (/triggers/)'],
    [`https://hooks.slack.com/${TOKEN}`, 'is an address of Slack, but no incoming webhook'],
    [`https://slack.com/api/chat.postMessage?token=${TOKEN}`, 'is a method of the Slack Web API (/api/)'],
    [`https://team.slack.com/archives/${TOKEN}`, 'is a link to a channel or a message (/archives/)'],
    [`http://hooks.slack.com/services/${TOKEN}`, 'is not https'],
    [TOKEN, 'is not a URL'],
  ])('name a webhook that is not allowed, without its value: %s', (url, fault) => {
    const faults = [expect.stringContaining(`SLACK_WEBHOOK_URL ${fault}`)];
    expect(faultsOf({ ...REAL, SLACK_WEBHOOK_URL: url })).toEqual(faults);
  });

  it('are listed all at once', () => {
    const policyFile = join(aFolder(), 'policy.json');
    writeFileSync(policyFile, '{"graze": "5m", "repeatInterval": "daily"}');
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
      expect.stringMatching(/^the policy file FILE: graze: /),
      expect.stringMatching(/^the policy file FILE: repeatInterval: /),
    ]);
  });
});

describe('the faults of the policy file', () => {
  function faultsOfFile(text: string): readonly string[] {
    const file = join(aFolder(), 'policy.json');
    writeFileSync(file, text);
    return faultsOf({ ...REAL, SYNC_ALERTS_POLICY: file }).map((fault) => fault.replace(file, 'FILE'));
  }

  it('name a file that is missing or is a folder', () => {
    const folder = aFolder();
    const missing = join(folder, 'policy.json');
    const cannotBeRead = (file: string, why: string) => [
      expect.stringContaining(`SYNC_ALERTS_POLICY names ${file}, which cannot be read: ${why}`),
    ];
    expect(faultsOf({ ...REAL, SYNC_ALERTS_POLICY: missing })).toEqual(cannotBeRead(missing, 'ENOENT'));
    expect(faultsOf({ ...REAL, SYNC_ALERTS_POLICY: folder })).toEqual(cannotBeRead(folder, 'EISDIR'));
  });

  it.each([
    ['', /^the policy file \S+: not JSON$/],
    ['sk-short-key', /^the policy file \S+: not JSON$/],
    ['{"grace": "5m",}', /^the policy file \S+: not JSON: syntax error at position 15/],
  ])('name a file that is not JSON, without quoting it: %j', (text, fault) => {
    expect(faultsOfFile(text)).toEqual([expect.stringMatching(fault)]);
    expect(faultsOfFile(text).join()).not.toContain('sk-short');
  });

  it.each([
    ['null', 'the policy'],
    ['"strict"', 'the policy'],
    ['{"grace": 5}', 'grace'],
    ['{"grace": "5 min"}', 'grace'],
    ['{"graze": "5m"}', 'graze'],
    ['{"exclude": [{"match": {"nmae": "x"}, "reason": "y"}]}', 'exclude.0.match.nmae'],
    ['{"overrides": [{"match": {"id": "x"}, "grace": "soon"}]}', 'overrides.0.grace'],
  ])('name the file and the field: %s', (text, field) => {
    expect(faultsOfFile(text)).toEqual([expect.stringContaining(`the policy file FILE: ${field}: `)]);
  });
});

describe('the default state file', () => {
  const fileFor = (environment: Variables) => settingsFor({ ...REAL, ...environment }).stateFile;

  it('is named after the organisation', () => {
    expect(fileFor({ TIMBAL_ORG_ID: 'acme-2_eu' })).toBe('.sync-alerts/acme-2_eu.json');
  });

  it('is the same for the default base URL, written out, with or without a slash at its end', () => {
    expect(fileFor({ TIMBAL_BASE_URL: 'https://api.timbal.ai' })).toBe('.sync-alerts/acme.json');
    expect(fileFor({ TIMBAL_BASE_URL: 'https://api.timbal.ai/' })).toBe('.sync-alerts/acme.json');
  });

  it('differs by organisation, base URL and connector, and is the same each time', () => {
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
    'stays in its folder, with a name that every file system accepts: organisation %j',
    (organisation) => {
      expect(fileFor({ TIMBAL_ORG_ID: organisation })).toMatch(
        /^\.sync-alerts\/[a-z0-9_-]{1,40}\.[0-9a-f]{12}\.json$/,
      );
    },
  );
});
