import { createHash } from 'node:crypto';

/** Where a secret value comes from. `readFresh` bypasses any cache. Both reject when there is none. */
export interface SecretValueSource {
  /** Stands for the value in errors. */
  readonly name: string;
  read(): Promise<string>;
  readFresh(): Promise<string>;
}

/**
 * The id of the destination behind a secret value; undefined while it cannot be read. Another one than those that are known
 * is read fresh: a sandbox may hold an older value than the one that wrote the state.
 */
export async function idOfSecret(
  source: SecretValueSource,
  known: readonly string[],
): Promise<string | undefined> {
  try {
    const id = idOf(await source.read());
    return known.length === 0 || known.includes(id) ? id : idOf(await source.readFresh());
  } catch {
    return undefined;
  }
}

/** 12 hex digits of the SHA-256: enough to tell destinations apart, and no way back to the secret. */
export function idOf(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}
