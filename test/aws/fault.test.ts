import { awsAdvice, awsFault } from '../../lambda/aws/fault.ts';

const TARGET = { actions: 'dynamodb:Query', resource: 'the table', service: 'Amazon DynamoDB' };

describe('the fault of an AWS error', () => {
  it.each<[string, unknown, string]>([
    ["the service's name for it", named('ThrottlingException'), 'ThrottlingException'],
    [
      'the code of the platform, when the name is only Error',
      Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
      'ECONNREFUSED',
    ],
    [
      'the code of its cause, when it has none',
      new Error('no', { cause: Object.assign(new Error('no'), { code: 'ENOTFOUND' }) }),
      'ENOTFOUND',
    ],
    ['UNKNOWN for a name that may hold a value', named('no item {"key": "MARKED"}'), 'UNKNOWN'],
    ['UNKNOWN for a thrown value that is not an error', 'MARKED', 'UNKNOWN'],
  ])('has %s', (_name, thrown, name) => {
    expect(awsFault(thrown)).toEqual({ name });
  });

  it('has the action that IAM denied, and no other part of the message', () => {
    const message = 'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: dynamodb:Query on y';
    expect(awsFault(named('AccessDeniedException', message))).toEqual({
      name: 'AccessDeniedException',
      deniedAction: 'dynamodb:Query',
    });
  });

  it('has no action of a message of another error', () => {
    const message = 'x is not authorized to perform: dynamodb:Query on y';
    expect(awsFault(named('ValidationException', message))).toEqual({ name: 'ValidationException' });
  });
});

describe('the advice about an AWS fault', () => {
  it.each([
    [
      { name: 'AccessDeniedException', deniedAction: 'kms:Decrypt' },
      "access denied: allow the function's role kms:Decrypt on the table",
    ],
    [
      { name: 'KMSAccessDeniedException' },
      "access denied: allow the function's role dynamodb:Query on the table",
    ],
    [
      { name: 'ExpiredTokenException' },
      "the function's credentials are missing or expired; the next check retries",
    ],
    [
      { name: 'InternalServerError' },
      'the next check retries; if this lasts, check the status of Amazon DynamoDB',
    ],
  ])('%j', (fault, advice) => {
    expect(awsAdvice(fault, TARGET)).toBe(advice);
  });
});

function named(name: string, message = 'MARKED'): Error {
  return Object.assign(new Error(message), { name });
}
