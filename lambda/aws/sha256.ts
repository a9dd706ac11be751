/*
 * Replaces `@smithy/core/checksum` in the bundle (infra/function-build.ts), of which the AWS clients use this class alone
 * and which brings SHA-256 in JavaScript, for platforms without their own: 4 KB.
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/** SHA-256 of Node.js, as the AWS clients sign with it: an HMAC when there is a secret. */
export class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | Uint8Array) {
    this.#secret = secret;
    this.#hash = this.#newHash();
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#newHash();
  }

  #newHash(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}
