import { readFileSync } from 'node:fs';
import { parseCommandLine } from '../../cli/parse-command-line.ts';
import { silenceEventOf } from '../../cli/silence-event.ts';
import { check } from '../../lambda/commands/check.ts';
import { acknowledge, endSilence, type SilencePorts, silence } from '../../lambda/commands/silences.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import type { Policy } from '../../lambda/core/policy.ts';
import { renderPlainText } from '../../lambda/core/render/plain-text.ts';
import { parseEvent } from '../../lambda/invocation/event.ts';
import { InMemoryStore } from '../../lambda/state/in-memory-store.ts';
import { aFailingRecord, aRecord, settings, World } from '../commands/a-world.ts';

const OPERATIONS = readFileSync('docs/operations.md', 'utf8');
const POLICY = readFileSync('docs/policy.md', 'utf8');

/** The lines of the shell block below a heading that silence, acknowledge or end a silence. */
function commandsBelow(heading: string): readonly string[] {
  const [, below = ''] = OPERATIONS.split(`\n${heading}\n`);
  const [, block = ''] = /```sh\n(.*?)```/s.exec(below) ?? [];
  return block.split('\n').filter((line) => /silence|ack/.test(line));
}

/** The words of a command, as a shell splits it; what stands behind "#" is a comment. */
function wordsOf(line: string): readonly string[] {
  const [, typed = ''] = /^npm run invoke -- ([^#]*)/.exec(line) ?? [];
  return [...typed.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replace(/['"]/g, ''));
}

function commandOf(line: string) {
  const parsed = parseCommandLine({ args: wordsOf(line), environment: {} }, 'invoke');
  if (parsed.kind !== 'request') throw new Error(`${line}: ${JSON.stringify(parsed)}`);
  const event = parseEvent(silenceEventOf(parsed.request, 'ada'));
  if (!event.ok) throw new Error(`${line}: ${event.error}`);
  return event.command;
}

function aWatch(policy: Policy) {
  const world = new World();
  const state = new InMemoryStore();
  const ports: SilencePorts = { ...world.ports, state, silences: state, random: () => 0.5 };
  /** A check at a time, of syncs of which those on these connections fail; returns what it posts, as text. */
  const checkAt = async (time: string, ...failing: readonly string[]): Promise<string> => {
    world.now = Date.parse(time);
    world.shown = ['pg-main', 'sheets'].map((connection) => {
      const fields = { id: connection, name: `of-${connection}`, connection_ref: connection };
      return failing.includes(connection) ? aFailingRecord(world.now, fields) : aRecord(world.now, fields);
    });
    const outcome = await check(ports, { ...settings(), policy });
    return outcome.kind === 'checked'
      ? outcome.digests.map((digest) => renderPlainText(digest)).join('\n')
      : '';
  };
  return { world, ports, checkAt };
}

const policyOf = (written: unknown): Policy => {
  const parsed = parsePolicy(written);
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return parsed.policy;
};

describe('docs/operations.md, silences', () => {
  it.each(commandsBelow('## Silence and acknowledge'))('shows a command that is understood: %s', (line) => {
    expect(['silence', 'ack', 'silences', 'unsilence']).toContain(commandOf(line).command);
  });

  it('is right about the migration weekend', async () => {
    const { world, ports, checkAt } = aWatch(policyOf({}));
    world.now = Date.parse('2026-11-26T10:00:00Z');
    const [line = ''] = commandsBelow('### A migration weekend');
    const command = commandOf(line);
    if (command.command !== 'silence') throw new Error(line);
    expect(await silence(ports, settings(), command.request)).toMatchObject({
      kind: 'silenced',
      silence: { status: 'later', reason: 'pg-main moves', author: 'ada' },
    });
    expect(await checkAt('2026-11-27T17:55:00Z')).toBe('');
    expect(await checkAt('2026-11-27T18:10:00Z', 'pg-main')).toBe('');
    expect(await checkAt('2026-11-28T12:00:00Z', 'pg-main', 'sheets')).toMatch(/of-sheets is failing/);
    expect(await checkAt('2026-11-30T05:55:00Z', 'pg-main')).not.toContain('of-pg-main');
    expect(await checkAt('2026-11-30T06:00:00Z', 'pg-main')).toContain(
      '1 alert was silenced until now: still open: of-pg-main',
    );
  });

  it('is right that ending a silence brings its line at the next check', async () => {
    const { ports, checkAt } = aWatch(policyOf({}));
    const [line = ''] = commandsBelow('### A migration weekend');
    const command = commandOf(line);
    if (command.command !== 'silence') throw new Error(line);
    const added = await silence(ports, settings(), command.request);
    await checkAt('2026-11-27T18:10:00Z', 'pg-main');
    if (added.kind !== 'silenced') throw new Error(added.kind);
    await endSilence(ports, added.silence.id);
    expect(await checkAt('2026-11-28T12:00:00Z')).toContain(
      '1 alert was silenced until now: it resolved in the meantime',
    );
  });

  it('is right that an acknowledgement keeps reminders away', async () => {
    const { ports, checkAt } = aWatch(policyOf({ criticalAfterIntervals: 1000, criticalAtFailures: 10 }));
    expect(await checkAt('2026-11-27T10:00:00Z', 'sheets')).toContain('of-sheets');
    expect((await acknowledge(ports, { id: 'sheets' })).kind).toBe('silenced');
    expect(await checkAt('2026-11-28T12:00:00Z', 'sheets')).toBe('');
    expect(await checkAt('2026-11-28T12:30:00Z')).toContain('of-sheets recovered');
  });
});

describe('docs/policy.md, quiet hours', () => {
  const [, below = ''] = POLICY.split('\nNights and weekends for critical alerts only:\n');
  const [, example = '{}'] = /```json\n(.*?)```/s.exec(below) ?? [];

  it('is right about nights and weekends for critical alerts only', async () => {
    const { checkAt, world } = aWatch(policyOf(JSON.parse(example)));
    // A Thursday night, by the clocks of Berlin; then a Saturday.
    await checkAt('2026-11-26T12:00:00Z');
    expect(await checkAt('2026-11-26T21:05:00Z', 'sheets')).toBe('');
    expect(await checkAt('2026-11-27T05:55:00Z', 'sheets')).toBe('');
    expect(await checkAt('2026-11-27T06:00:00Z', 'sheets')).toContain(
      '1 alert was held until the end of quiet hours: still open: of-sheets',
    );
    expect(await checkAt('2026-11-28T11:00:00Z', 'sheets', 'pg-main')).not.toContain('of-pg-main');
    world.shown = [];
    expect(await checkAt('2026-11-30T05:55:00Z', 'pg-main')).not.toContain('of-pg-main');
    expect(await checkAt('2026-11-30T06:00:00Z', 'pg-main')).toContain('of-pg-main');
  });
});
