import { errorText } from '../../../lambda/core/explain/error-text.ts';

describe('the line of a message that says what went wrong', () => {
  it.each([
    ['timeout after 30 s', 'timeout after 30 s'],
    ['\n\r\n  first line \n second line', 'first line'],
    ['  blanks \t in   between ', 'blanks in between'],
    ['\u001B[1;31mERROR\u001B[0m: no space\u001B]0;title\u0007 left', 'ERROR: no space left'],
    ['{"message": "no such table"}', 'no such table'],
    ['{"error": {"code": 7, "message": "quota exceeded"}}', 'quota exceeded'],
    ['{"errors": [{"detail": "field is missing"}, {"detail": "other"}]}', 'field is missing'],
    ['{"Error": "Upper case"}', 'Upper case'],
    ['HTTP 401: {"error": {"message": "invalid key"}}', 'HTTP 401: invalid key'],
    ['expected {a} but got [b]', 'expected {a} but got [b]'],
    ['{"code": 7}', '{"code": 7}'],
    ['{"message": "cut', '{"message": "cut'],
    [
      'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: bad date',
      'ValueError: bad date',
    ],
    ['Traceback (most recent call last):\n  File "a.py"', 'Traceback (most recent call last):'],
  ])('of %j is %j', (message, text) => expect(errorText(message)).toBe(text));

  it.each(['', ' \n\t ', '\u001B[0m', '{"message": ""}'.replace('{"message": ""}', '\r\n')])(
    'is undefined where nothing is left: %j',
    (message) => expect(errorText(message)).toBeUndefined(),
  );

  it('is redacted before it is cut: a credential that begins in its last characters does not show', () => {
    const text = errorText(`${'x'.repeat(8180)} password=hunter2fake`);
    expect(text).not.toContain('hunter2');
  });

  it('shows no credential of a JSON body within a text', () =>
    expect(errorText('failed: {"message": "postgres://etl:hunter2fake@db/shop"}')).toBe(
      'failed: postgres://***@db/shop',
    ));

  it('takes little time for a message of a megabyte', () => {
    const startedMs = performance.now();
    for (const part of ['{"a":', 'x=', '"', '\u001B[', 'a.b.c ', '/x', "'", '(('])
      errorText(part.repeat(200_000));
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});
