import { parseEvent } from '../../lambda/invocation/event.ts';

const CHECK = { command: 'check', dryRun: false };

describe('an event', () => {
  it.each<[string, unknown, unknown]>([
    ['that is empty', {}, CHECK],
    ['for a check', { command: 'check' }, CHECK],
    ['for a dry run', { command: 'check', dryRun: true }, { command: 'check', dryRun: true }],
    [
      'of the schedule',
      { command: 'check', scheduledAt: '2026-11-24T09:00:00Z' },
      { ...CHECK, scheduledAt: '2026-11-24T09:00:00Z' },
    ],
    ['for a report', { command: 'report' }, { command: 'report', post: true }],
    [
      'for a report that is not posted',
      { command: 'report', post: false },
      { command: 'report', post: false },
    ],
    ['for a test', { command: 'test' }, { command: 'test' }],
  ])('%s is parsed into a command', (_name, event, command) => {
    expect(parseEvent(event)).toEqual({ ok: true, command });
  });

  it.each(['Scheduled Event', 'anything'])('of EventBridge (%s) is a check', (type) => {
    const event = {
      version: '0',
      id: 'x',
      'detail-type': type,
      source: 'aws.scheduler',
      account: '123456789012',
      time: '2026-11-24T09:00:00Z',
      region: 'eu-west-1',
      resources: ['arn:aws:scheduler:eu-west-1:123456789012:schedule/default/x'],
      detail: '{}',
    };
    expect(parseEvent(event)).toEqual({ ok: true, command: CHECK });
  });

  it.each<[string, unknown, string]>([
    ['with an unknown command', { command: 'chekc' }, 'there is no command "chekc"'],
    [
      'with the name of a property that every object has',
      { command: 'constructor' },
      'there is no command "constructor"',
    ],
    ['without a command', { dryRun: true }, 'expected an object with a "command"'],
    ['with a command that is no text', { command: 1 }, 'expected an object with a "command"'],
    ['that is null', null, 'expected an object with a "command"'],
    ['that is a text', 'check', 'expected an object with a "command"'],
    ['that is a list', ['check'], 'expected an object with a "command"'],
    ['with an unknown field', { command: 'check', dryrun: true }, 'there is no field "dryrun"'],
    ['with a field of another command', { command: 'test', dryRun: true }, 'there is no field "dryRun"'],
    ['with a text for a boolean', { command: 'check', dryRun: 'yes' }, '"dryRun": expected boolean'],
  ])('%s is a usage error that lists the commands', (_name, event, message) => {
    const parsed = parseEvent(event);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(message) });
    for (const command of ['check', 'report', 'test']) {
      expect(parsed).toMatchObject({ error: expect.stringContaining(`{"command":"${command}"}`) });
    }
  });

  it('of 100,000 characters is not repeated in full', () => {
    const parsed = parseEvent({ command: 'x'.repeat(100_000) });
    expect(parsed.ok ? '' : parsed.error.length).toBeLessThan(600);
  });
});
