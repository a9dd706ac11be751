import { parseEvent } from '../../lambda/invocation/event.ts';

const CHECK = { command: 'check', dryRun: false };

describe('an invocation', () => {
  it.each<[string, unknown, unknown]>([
    ['nothing', {}, CHECK],
    ['a check', { command: 'check' }, CHECK],
    ['a dry run', { command: 'check', dryRun: true }, { command: 'check', dryRun: true }],
    [
      'what the schedule sends',
      { command: 'check', scheduledAt: '2026-11-24T09:00:00Z' },
      { ...CHECK, scheduledAt: '2026-11-24T09:00:00Z' },
    ],
    ['a report', { command: 'report' }, { command: 'report', post: true }],
    ['a report that is not posted', { command: 'report', post: false }, { command: 'report', post: false }],
    ['a test', { command: 'test' }, { command: 'test' }],
  ])('asks for %s', (_name, event, command) => {
    expect(parseEvent(event)).toEqual({ ok: true, command });
  });

  it.each(['Scheduled Event', 'anything'])('by EventBridge (%s) asks for a check', (type) => {
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
    ['an unknown command', { command: 'chekc' }, 'there is no command "chekc"'],
    [
      'the name of something every object has',
      { command: 'constructor' },
      'there is no command "constructor"',
    ],
    ['a field without a command', { dryRun: true }, 'expected an object with a "command"'],
    ['no text for a command', { command: 1 }, 'expected an object with a "command"'],
    ['nothing at all', null, 'expected an object with a "command"'],
    ['a text', 'check', 'expected an object with a "command"'],
    ['a list', ['check'], 'expected an object with a "command"'],
    ['an unknown field', { command: 'check', dryrun: true }, 'there is no field "dryrun"'],
    ['a field of another command', { command: 'test', dryRun: true }, 'there is no field "dryRun"'],
    ['no boolean', { command: 'check', dryRun: 'yes' }, '"dryRun": expected boolean'],
  ])('that asks by %s is told the commands', (_name, event, says) => {
    const parsed = parseEvent(event);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(says) });
    for (const command of ['check', 'report', 'test']) {
      expect(parsed).toMatchObject({ error: expect.stringContaining(`{"command":"${command}"}`) });
    }
  });

  it('is not repeated at any length', () => {
    const parsed = parseEvent({ command: 'x'.repeat(100_000) });
    expect(parsed.ok ? '' : parsed.error.length).toBeLessThan(500);
  });
});
