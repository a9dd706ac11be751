import { gzipSync } from 'node:zlib';
import { allOutput, marksIn } from '../invocation/all-output.ts';

const MARK = 'MARKED';

describe('the search for a mark in all output', () => {
  it.each<[string, unknown]>([
    ['a cause', new Error('a', { cause: new Error('b', { cause: { c: MARK } }) })],
    ['a hidden property', Object.defineProperty({}, 'x', { value: MARK, enumerable: false })],
    ['a symbol', { [Symbol('x')]: [MARK] }],
    ['a key', { [MARK]: 1 }],
    ['a map', new Map([[{ a: MARK }, 1]])],
    [
      'a getter of a class of errors',
      new (class extends Error {
        get detail() {
          return MARK;
        }
      })(),
    ],
    ['bytes', { bytes: Buffer.from(`a ${MARK}`) }],
    ['gzipped bytes', gzipSync(`a ${MARK}`)],
    ['base64', Buffer.from(`key=${MARK}; x`).toString('base64')],
    ['a stack', Object.assign(new Error('x'), { stack: `at ${MARK}` })],
    ['12 nested arrays', [[[[[[[[[[[[MARK]]]]]]]]]]]]],
    ['a text of a million characters', 'x'.repeat(1_000_000) + MARK],
  ])('finds it in %s', (_where, value) => {
    expect(marksIn(allOutput(value), [MARK])).not.toEqual([]);
  });

  it('finds nothing in output without the mark', () => {
    expect(marksIn(allOutput(new Error('MARKE'), { D: 1 }), [MARK])).toEqual([]);
  });
});
