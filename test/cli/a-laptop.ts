import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Output } from '../../cli/process.ts';
import { run } from '../../cli/run.ts';
import { START } from '../commands/a-world.ts';
import { answers, answersJson, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';

export const KEY = 'sk-never-show-this-key';
/** The part of a webhook's URL that makes it a secret. */
export const TOKEN = 'B0NEVER/ShowThisToken';
export const SECRETS: readonly string[] = [KEY, TOKEN];

/** The result of one command line. */
export interface Finished {
  /** The exit code. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and when `npm start` runs; by default without a terminal, at `START`. */
interface Surroundings extends Omit<Output, 'write'> {
  readonly now?: number;
}

/** Runs `npm start` with these arguments and no other environment variables than these. */
export async function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { now = START, ...terminal }: Surroundings = {},
): Promise<Finished> {
  const written = { stdout: '', stderr: '' };
  const status = await run({
    args,
    environment,
    stdout: { ...terminal, write: (text) => (written.stdout += text) },
    stderr: { ...terminal, write: (text) => (written.stderr += text) },
    now: () => now,
  });
  return { status, ...written };
}

/**
 * A laptop that watches the organisation acme: a fake Timbal API and a fake Slack on loopback, whose behaviour a test can
 * change at any time, a clock, and a folder of its own for the state file.
 */
export class Laptop {
  now = START;
  /** The records that the API lists, or its behaviour instead. */
  shown: readonly unknown[] | Behaviour = [];
  slackAnswers: Behaviour = answers(200, 'ok');
  readonly stateFile: string;
  readonly environment: Record<string, string>;
  readonly api: LocalServer;
  readonly slack: LocalServer;
  /** Every run so far. */
  readonly finished: Finished[] = [];
  #postsSeen = 0;

  private constructor(folder: string, api: LocalServer, slack: LocalServer) {
    this.api = api;
    this.slack = slack;
    this.stateFile = join(folder, 'acme.json');
    this.environment = {
      TIMBAL_API_KEY: KEY,
      TIMBAL_ORG_ID: 'acme',
      TIMBAL_BASE_URL: api.url,
      SLACK_WEBHOOK_URL: `${slack.url}/services/${TOKEN}`,
      SYNC_ALERTS_STATE: this.stateFile,
    };
  }

  static async start(): Promise<Laptop> {
    const behaviours: { api: Behaviour; slack: Behaviour } = { api: answers(500), slack: answers(500) };
    const api = await localServer((request, response) => behaviours.api(request, response));
    const slack = await localServer((request, response) => behaviours.slack(request, response));
    const laptop = new Laptop(aFolder(), api, slack);
    behaviours.slack = (request, response) => laptop.slackAnswers(request, response);
    behaviours.api = (request, response) => {
      const { shown } = laptop;
      if (typeof shown === 'function') shown(request, response);
      else if (request.headers.authorization !== `Bearer ${KEY}`) answers(401)(request, response);
      else if (request.url !== '/orgs/acme/connectors/syncs') answers(404)(request, response);
      else answersJson(200, { syncs: shown })(request, response);
    };
    return laptop;
  }

  /** Runs `npm start` with these arguments. */
  async start(...args: string[]): Promise<Finished> {
    const finished = await start(args, this.environment, { now: this.now });
    this.finished.push(finished);
    return finished;
  }

  /** The text of each message that Slack got since the last call. */
  posted(): readonly string[] {
    const posts = this.slack.requests.slice(this.#postsSeen);
    this.#postsSeen += posts.length;
    return posts.map(({ body }) => {
      const message: unknown = JSON.parse(body);
      const isMessage = typeof message === 'object' && message !== null && 'text' in message;
      return isMessage ? String(message.text) : body;
    });
  }

  /** The content of the state file; undefined when there is none. */
  state(): string | undefined {
    return existsSync(this.stateFile) ? readFileSync(this.stateFile, 'utf8') : undefined;
  }
}

const folders: string[] = [];

/** A new folder in the system's folder for temporary files. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-'));
  folders.push(folder);
  return folder;
}

/** Removes every folder that `aFolder` made: for `afterEach`. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
