import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type AwsFault, awsFault } from '../aws/fault.ts';
import { type Deadline, sleepWithin } from '../http/deadline.ts';
import { tableAdvice, writeFaultOf } from './dynamodb-fault.ts';
import type { DocumentKey } from './dynamodb-items.ts';
import { StateError } from './errors.ts';

type Items = readonly Readonly<Record<string, AttributeValue>>[];

export interface DynamoDbTableOptions extends DocumentKey {
  /** Retries throttling, 5xx and network errors itself. */
  readonly client: DynamoDBClient;
  /**
   * The shortest wait before the first retry, in milliseconds.
   * @default 50
   */
  readonly minDelayMs?: number;
}

const MAX_WRITES = 6;
const MIN_DELAY_MS = 50;
const READ_ACTIONS = 'dynamodb:Query';
const WRITE_ACTIONS = 'dynamodb:PutItem and dynamodb:DeleteItem';

/** The items of one scope in a table: reads them consistently, and writes them in one transaction. */
export class DynamoDbTable {
  readonly #options: DynamoDbTableOptions;
  /** Names the stored state in errors. */
  readonly label: string;

  constructor(options: DynamoDbTableOptions) {
    this.#options = options;
    this.label = `the state in table ${JSON.stringify(options.table)}, scope ${options.scope}`;
  }

  /**
   * All items whose sort key has this prefix: one call, and one more for each further MB.
   *
   * @throws StateError `state_unreadable`.
   */
  async items(prefix: string, deadline: Deadline): Promise<Items> {
    const { client, table, scope } = this.#options;
    const items: Readonly<Record<string, AttributeValue>>[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const command: QueryCommand = new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#scope = :scope AND begins_with(#part, :prefix)',
        ExpressionAttributeNames: { '#scope': 'scope', '#part': 'part' },
        ExpressionAttributeValues: { ':scope': { S: scope }, ':prefix': { S: prefix } },
        ...(from !== undefined && { ExclusiveStartKey: from }),
      });
      try {
        const page = await client.send(command, { abortSignal: deadline.signal });
        items.push(...(page.Items ?? []));
        from = page.LastEvaluatedKey;
      } catch (error) {
        const fault = awsFault(error);
        const problem = `cannot read ${this.label} (${fault.name})`;
        throw new StateError('state_unreadable', `${problem}; ${tableAdvice(fault, READ_ACTIONS)}`);
      }
    } while (from !== undefined);
    return items;
  }

  /**
   * Writes the items in one transaction, at most 6 times while the faults are transient. `conflict`: a condition failed.
   *
   * @param writeId Makes a repeated write the same write for ten minutes (DynamoDB, `ClientRequestToken`).
   * @throws StateError `state_unwritable`. The items may have been written all the same, when the response was lost.
   */
  async transact(
    items: TransactWriteItem[],
    writeId: string,
    deadline: Deadline,
  ): Promise<'written' | 'conflict'> {
    const { client } = this.#options;
    const command = new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: writeId });
    for (let writes = 1; ; writes += 1) {
      try {
        await client.send(command, { abortSignal: deadline.signal });
        return 'written';
      } catch (error) {
        const fault = writeFaultOf(error);
        switch (fault.kind) {
          case 'conflict':
            return 'conflict';
          case 'transient':
            if (writes < MAX_WRITES && (await this.delayBeforeRetry(writes, deadline))) continue;
            throw this.#unwritable(fault, `, ${writes} attempts`);
          case 'permanent':
            throw this.#unwritable(fault, '');
        }
      }
    }
  }

  /**
   * Waits before the next attempt: once to twice `minDelayMs` after the first, doubled after each further one. False when
   * the deadline comes first.
   */
  delayBeforeRetry(attempts: number, deadline: Deadline): Promise<boolean> {
    const { minDelayMs = MIN_DELAY_MS } = this.#options;
    return sleepWithin(minDelayMs * 2 ** (attempts - 1) * (1 + Math.random()), deadline);
  }

  #unwritable(fault: AwsFault, attempts: string): StateError {
    const problem = `cannot write ${this.label} (${fault.name}${attempts})`;
    return new StateError('state_unwritable', `${problem}; ${tableAdvice(fault, WRITE_ACTIONS)}`);
  }
}
