import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Silence } from '../core/silence.ts';
import { INITIAL_STATE, type WatchState } from '../core/state.ts';
import type { Instant } from '../core/time.ts';
import { abortedBy, type Deadline, deadlineIn } from '../http/deadline.ts';
import { decode, encode } from './document.ts';
import {
  assembled,
  type DocumentWrite,
  fitsTransaction,
  itemsOf,
  MAX_TRANSACTION_BYTES,
  PART_PREFIX,
  partName,
  piecesOf,
  writeIdOf,
} from './dynamodb-items.ts';
import {
  itemsToAdd,
  itemsToRemove,
  MAX_SILENCE_BYTES,
  parted,
  SILENCE_PREFIX,
  silencesIn,
} from './dynamodb-silences.ts';
import { DynamoDbTable, type DynamoDbTableOptions } from './dynamodb-table.ts';
import { EMPTY_STATE_NOTE, NOT_CHANGED, StateConflict, StateError } from './errors.ts';
import type { LoadedState, SilenceStore, StateStore } from './state-store.ts';

interface DynamoDbStoreOptions extends DynamoDbTableOptions {
  /**
   * The limit of each load and of each save, retries included, in seconds.
   * @default 5
   */
  readonly seconds?: number;
  /**
   * The clock by which a state expires that nobody writes any more.
   * @default the clock of this machine
   */
  readonly now?: () => Instant;
}

/** A check ends 5 s after its last post: a save that begins by then ends in time. */
const SECONDS = 5;
/** A state that another check is writing is complete again within milliseconds. */
const MAX_READS = 5;
/** Far above the size of any state that fits a transaction: limits what a damaged document can decompress to. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;
/**
 * Beyond this, what no notification depends on is left out. The distance to the limit of a transaction is for the marks
 * that a check adds while it posts.
 */
const MAX_STATE_BYTES = 3.5 * 1024 * 1024;
const MAX_STATE_TEXT = '3.5 MB';
/** The fastest level, with less than half the time of the default one: a check that posts compresses several times. */
const GZIP_OPTIONS = { level: 2 } as const;

/** A write that this store read or made. */
interface LatestWrite {
  readonly version: number;
  /** Undefined for version 0, which nobody wrote. */
  readonly writeId?: string;
  readonly pieces: number;
  /** Absent until the document was decoded. */
  readonly state?: WatchState;
}

/** The silences of one read, and the write that they were read after. */
interface ReadSilences {
  readonly writeId?: string;
  readonly stored: Pick<LoadedState, 'silences'>;
}

function readSilences(items: Parameters<typeof silencesIn>[0], writeId: string | undefined): ReadSilences {
  const silences = silencesIn(items);
  return { ...(writeId !== undefined && { writeId }), stored: { ...(silences && { silences }) } };
}

/**
 * A state in a DynamoDB table: gzipped, in as many items as it needs, written by one transaction and read by one strongly
 * consistent query. While the head belongs to the write that this store read or made last, only the head is read: one
 * read unit, whatever the size of the state. A write whose response was lost is recognised by its id.
 */
export class DynamoDbStore implements StateStore, SilenceStore {
  readonly #options: DynamoDbStoreOptions;
  readonly #table: DynamoDbTable;
  /** The latest write that this store read or made; says how many items the next write replaces. */
  #latest: LatestWrite | undefined;
  /** What the latest write left out. A check saves several times: the next write leaves it out from the start. */
  #reductions: readonly string[] = [];
  /** The silences as last read. */
  #silences: ReadSilences = { stored: {} };

  constructor(options: DynamoDbStoreOptions) {
    this.#options = options;
    this.#table = new DynamoDbTable(options);
  }

  async load(): Promise<LoadedState> {
    this.#reductions = [];
    const deadline = this.#deadline();
    const known = this.#latest;
    if (known?.state !== undefined) {
      const { document, silencesWriteId } = parted(await this.#table.items(partName(0), deadline));
      if (known.writeId !== undefined && writeIdOf(document[0]) === known.writeId) {
        if (silencesWriteId !== this.#silences.writeId) await this.#readSilences(silencesWriteId, deadline);
        return { state: known.state, version: known.version, ...this.#silences.stored };
      }
    }
    const write = await this.#read(deadline);
    const { stored } = this.#silences;
    if (write === undefined) return { state: INITIAL_STATE, version: 0, ...stored };
    const loaded = decode(await this.#document(write), this.#table.label);
    if (loaded.version === write.version) {
      if (this.#latest !== undefined) this.#latest = { ...this.#latest, state: loaded.state };
      return { ...loaded, ...stored };
    }
    throw this.#unreadable('its document has another version than its items');
  }

  async addSilence(silence: Silence): Promise<boolean> {
    const writeId = randomUUID();
    const items = itemsToAdd(this.#options, silence, writeId);
    const bytes = Buffer.byteLength(JSON.stringify(items));
    if (bytes > MAX_SILENCE_BYTES) throw this.#silenceTooLarge(bytes);
    return (await this.#table.transact(items, writeId, this.#deadline())) === 'written';
  }

  async removeSilence(id: string): Promise<boolean> {
    const writeId = randomUUID();
    const items = itemsToRemove(this.#options, id, writeId);
    return (await this.#table.transact(items, writeId, this.#deadline())) === 'written';
  }

  async save(state: WatchState, version: number, by?: Deadline): Promise<number> {
    const deadline = by === undefined ? this.#deadline() : abortedBy(this.#deadline(), by.signal);
    const { bytes, state: saved } = await this.#compressed(state, version + 1);
    const write = { version: version + 1, writeId: randomUUID(), bytes };
    const previousPieces = await this.#piecesAt(version, deadline);
    const pieces = piecesOf(write.bytes);
    if (!fitsTransaction(pieces, previousPieces)) throw this.#tooLarge(bytes.length);
    await this.#write(write, previousPieces, deadline);
    this.#latest = { version: write.version, writeId: write.writeId, pieces: pieces.length, state: saved };
    return write.version;
  }

  reduced(): string | undefined {
    if (this.#reductions.length === 0) return undefined;
    return `the state is larger than ${MAX_STATE_TEXT} compressed, and was saved without ${this.#reductions.join(', ')}`;
  }

  /** The document of a state that is within the bound, if it can be, and that state. */
  async #compressed(
    given: WatchState,
    version: number,
  ): Promise<{ readonly bytes: Buffer; readonly state: WatchState }> {
    let state = given;
    const compress = () => promisify(gzip)(JSON.stringify(encode(state, version)), GZIP_OPTIONS);
    let bytes = this.#reductions.length === 0 ? await compress() : undefined;
    if (bytes !== undefined && bytes.length <= MAX_STATE_BYTES) return { bytes, state };
    const { REDUCTIONS } = await import('../core/save/smaller-state.ts');
    const before = this.#reductions.length;
    const applied: string[] = [];
    for (const { what, apply } of REDUCTIONS) {
      state = apply(state);
      applied.push(what);
      if (applied.length < before) continue;
      bytes = await compress();
      if (bytes.length <= MAX_STATE_BYTES) break;
    }
    this.#reductions = applied;
    return { bytes: bytes ?? (await compress()), state };
  }

  /** Undefined when there is no state. A read during another check's write may find items of both: it reads again. */
  async #read(deadline: Deadline): Promise<DocumentWrite | undefined> {
    for (let reads = 1; ; reads += 1) {
      const { document, silences, silencesWriteId } = parted(await this.#table.items(PART_PREFIX, deadline));
      this.#silences = readSilences(silences, silencesWriteId);
      const found = assembled(document);
      switch (found.kind) {
        case 'none':
          this.#latest = { version: 0, pieces: 0 };
          return undefined;
        case 'complete': {
          const { version, writeId } = found.write;
          this.#latest = { version, writeId, pieces: found.pieces };
          return found.write;
        }
        case 'foreign':
          throw this.#unreadable(`another program wrote its item ${JSON.stringify(found.part)}`);
        case 'torn':
          if (reads < MAX_READS && (await this.#table.delayBeforeRetry(reads, deadline))) continue;
          throw this.#unreadable(`its items belong to different writes, in ${reads} reads in a row`);
      }
    }
  }

  async #readSilences(writeId: string | undefined, deadline: Deadline): Promise<void> {
    this.#silences = readSilences(await this.#table.items(SILENCE_PREFIX, deadline), writeId);
  }

  async #document({ bytes }: DocumentWrite): Promise<unknown> {
    let json: Buffer;
    try {
      json = await promisify(gunzip)(bytes, { maxOutputLength: MAX_DOCUMENT_BYTES });
    } catch {
      throw this.#unreadable('it is damaged: its bytes are not gzip');
    }
    try {
      return JSON.parse(json.toString());
    } catch {
      throw this.#unreadable('it is damaged: its text is not JSON');
    }
  }

  /** How many items the state of that version has. This store has usually just read or written it. */
  async #piecesAt(version: number, deadline: Deadline): Promise<number> {
    if (version === 0) return 0;
    if (this.#latest?.version !== version) await this.#read(deadline);
    if (this.#latest?.version !== version) throw new StateConflict(this.#table.label, version);
    return this.#latest.pieces;
  }

  async #write(write: DocumentWrite, previousPieces: number, deadline: Deadline): Promise<void> {
    const { writeId, version } = write;
    // Until the write has certainly succeeded, nothing is known about the table.
    this.#latest = undefined;
    const { now = Date.now } = this.#options;
    const items = itemsOf(this.#options, { ...write, at: now() }, previousPieces);
    const result = await this.#table.transact(items, writeId, deadline);
    if (result === 'conflict' && !(await this.#isWritten(writeId, deadline))) {
      throw new StateConflict(this.#table.label, version - 1);
    }
  }

  /** Whether the head belongs to this very write, which costs one read unit. */
  async #isWritten(writeId: string | undefined, deadline: Deadline): Promise<boolean> {
    const [head] = await this.#table.items(partName(0), deadline);
    return writeId !== undefined && writeIdOf(head) === writeId;
  }

  #deadline(): Deadline {
    return deadlineIn(this.#options.seconds ?? SECONDS);
  }

  #unreadable(problem: string): StateError {
    const advice = `restore the table to a point in time, or delete its items to start with an empty state (${EMPTY_STATE_NOTE})`;
    const message = `cannot read ${this.#table.label}: ${problem}. ${NOT_CHANGED}; ${advice}`;
    return new StateError('state_unreadable', message);
  }

  #silenceTooLarge(bytes: number): StateError {
    const problem = `it names so many alerts that it has ${Math.ceil(bytes / 1024)} KB, and an item of the table holds 400`;
    const message = `cannot write the silence: ${problem}; silence them by a matcher instead. Nothing was written`;
    return new StateError('state_unwritable', message);
  }

  #tooLarge(bytes: number): StateError {
    const megabytes = (size: number) => (size / 1024 / 1024).toFixed(1);
    const problem = `it has ${megabytes(bytes)} MB compressed, without all that can be left out, and one transaction writes at most ${megabytes(MAX_TRANSACTION_BYTES)} MB`;
    const advice =
      'watch fewer syncs with this stack: exclude some in the policy, or set connectorId; or let fewer routes continue. Nothing was written';
    return new StateError('state_unwritable', `cannot write ${this.#table.label}: ${problem}; ${advice}`);
  }
}
