import { Sha256 as Replaced } from '@smithy/core/checksum';
import { Sha256 } from '../../lambda/aws/sha256.ts';

const BYTES = new Uint8Array([0, 1, 127, 128, 255]);

test.each<[string, string | Uint8Array | undefined]>([
  ['no secret', undefined],
  ['a text as the secret', 'AWS4secret-ß'],
  ['bytes as the secret', BYTES],
  ['a secret longer than a block', 'x'.repeat(100)],
])('with %s, the hash is that of the class of the AWS SDK', async (_, secret) => {
  const [ours, theirs] = [new Sha256(secret), new Replaced(secret)];
  for (const hash of [ours, theirs]) {
    hash.update(Buffer.from('{"TableName":"ß"}'));
    hash.update(BYTES);
  }
  expect(await ours.digest()).toEqual(await theirs.digest());
  for (const hash of [ours, theirs]) {
    hash.reset();
    hash.update(Buffer.from('again'));
  }
  expect(await ours.digest()).toEqual(await theirs.digest());
});

test('the hash of "abc" is that of FIPS 180-2', async () => {
  const hash = new Sha256();
  hash.update('abc');
  expect(Buffer.from(await hash.digest()).toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
