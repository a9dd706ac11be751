import { parseBenchOptions } from '../../bench/options.ts';

const parse = (...args: readonly string[]) => parseBenchOptions(args, ['bundle', 'calls']);

it.each([
  [['warm-start'], 'there is no section "warm-start"'],
  [['--rounds', '0'], '--rounds: expected a whole number from 1 to 999, got "0"'],
  [['--rounds', '1000'], '--rounds: expected a whole number from 1 to 999, got "1000"'],
  [['--jason'], "Unknown option '--jason'"],
])('the options %p are a usage error', (args, message) => {
  expect(parse(...args)).toEqual({ ok: false, fault: expect.stringContaining(message) });
});

it('without options, everything is measured 15 times', () => {
  expect(parse()).toEqual({ ok: true, help: false, json: false, rounds: 15, sections: [] });
});

it.each([
  ['1', 1],
  ['999', 999],
])('the section that was named is measured %s times', (text, rounds) => {
  expect(parse('calls', '--rounds', text, '--json')).toMatchObject({
    json: true,
    rounds,
    sections: ['calls'],
  });
});
