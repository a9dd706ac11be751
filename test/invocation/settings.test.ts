import { ENVIRONMENT_VARIABLES as NAMES } from '../../lambda/invocation/environment-variables.ts';
import { type ParsedSettings, parseSettings } from '../../lambda/invocation/settings.ts';

const ENVIRONMENT = {
  SYNC_ALERTS_ENVIRONMENT: 'prod',
  SYNC_ALERTS_SECRET_ID: 'sync-alerts',
  SYNC_ALERTS_TABLE: 'State',
  SYNC_ALERTS_PERIOD_SECONDS: '300',
  SYNC_ALERTS_STACK: 'SyncAlerts-prod',
  AWS_REGION: 'eu-west-1',
};

describe('the settings of a deployed function', () => {
  it('come from the environment variables and the policy file', () => {
    const parsed = parseSettings(ENVIRONMENT, '{"grace":"7m"}');
    expect(parsed).toMatchObject({
      ok: true,
      settings: {
        environment: 'prod',
        secretId: 'sync-alerts',
        tableName: 'State',
        stackName: 'SyncAlerts-prod',
        baseUrl: 'https://api.timbal.ai',
        region: 'eu-west-1',
        policy: { periodSeconds: 300, graceSeconds: 420 },
      },
    });
  });

  it('may contain another base URL and a connector', () => {
    const environment = {
      ...ENVIRONMENT,
      SYNC_ALERTS_TIMBAL_BASE_URL: 'https://api.dev.timbal.ai',
      SYNC_ALERTS_CONNECTOR_ID: 'postgres',
    };
    expect(parseSettings(environment, '{}')).toMatchObject({
      settings: { baseUrl: 'https://api.dev.timbal.ai', connectorId: 'postgres' },
    });
  });

  it('treat an empty variable as not set', () => {
    const environment = { ...ENVIRONMENT, SYNC_ALERTS_TIMBAL_BASE_URL: '', SYNC_ALERTS_CONNECTOR_ID: ' ' };
    const parsed = parseSettings(environment, '{}');
    expect(parsed).toMatchObject({ settings: { baseUrl: 'https://api.timbal.ai' } });
    expect(parsed.ok && parsed.settings.connectorId).toBeUndefined();
  });

  it('report every fault at once, by name', () => {
    const environment = {
      SYNC_ALERTS_PERIOD_SECONDS: '5m',
      SYNC_ALERTS_TIMBAL_BASE_URL: 'http://api.timbal.ai',
    };
    expect(faults(parseSettings(environment, '{"grace":7,"colour":"red"}'))).toEqual([
      'SYNC_ALERTS_ENVIRONMENT is not set',
      'SYNC_ALERTS_SECRET_ID is not set',
      'SYNC_ALERTS_TABLE is not set',
      'SYNC_ALERTS_STACK is not set',
      'SYNC_ALERTS_PERIOD_SECONDS is not a whole number of seconds above 0',
      'SYNC_ALERTS_TIMBAL_BASE_URL is not https (plain http is accepted for loopback addresses only)',
      expect.stringContaining('policy.json: grace:'),
      expect.stringContaining('policy.json: colour:'),
    ]);
  });

  it.each(['0', '-1', '1.5', 'x', ''])('reject %p as the period', (period) => {
    const environment = { ...ENVIRONMENT, SYNC_ALERTS_PERIOD_SECONDS: period };
    expect(faults(parseSettings(environment, '{}'))).toEqual([
      expect.stringContaining('SYNC_ALERTS_PERIOD_SECONDS'),
    ]);
  });

  it.each([
    [undefined, 'policy.json: missing from the function package: redeploy'],
    ['{', 'policy.json: not JSON'],
    ['7', 'policy.json: the policy'],
  ])('reject %p as the policy file', (policy, fault) => {
    expect(faults(parseSettings(ENVIRONMENT, policy))).toEqual([expect.stringContaining(fault)]);
  });
});

test('no two environment variables have the same name', () => {
  expect(new Set(Object.values(NAMES)).size).toBe(Object.values(NAMES).length);
});

function faults(parsed: ParsedSettings): readonly string[] {
  return parsed.ok ? [] : parsed.faults;
}
