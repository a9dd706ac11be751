import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../cli/run.ts';
import { START } from '../commands/a-world.ts';
import { answers, answersJson, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';

export const KEY = 'sk-never-show-this-key';
/** What makes a webhook's URL a secret. */
export const TOKEN = 'B0NEVER/ShowThisToken';
export const SECRETS: readonly string[] = [KEY, TOKEN];

/** What one `npm start` came to. */
export interface PeerCount {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `run` takes for a terminal, when a test does not say otherwise: none. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** `npm start` with these options and nothing in the environment but what is given. */
export async function start(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  screen: Screen = {},
  now = START,
): Promise<PeerCount> {
  const written = { stdout: '', stderr: '' };
  const status = await run(
    command,
    environment,
    { ...screen, write: (text) => (written.stdout += text) },
    { ...screen, write: (text) => (written.stderr += text) },
    () => now,
  );
  return { status, ...written };
}

/**
 * A laptop that watches the organisation acme: a test API and a fake Slack, both on loopback and both to be told what to
 * do at any time, a clock, and a folder of its own for the memory.
 */
export class Laptop {
  now = START;
  /** The syncs that the API lists, or how it answers instead. */
  shown: readonly unknown[] | Behaviour = [];
  /** How Slack answers. */
  slackAnswers: Behaviour = answers(200, 'ok');
  readonly stateFile: string;
  readonly environment: Record<string, string>;
  readonly api: LocalServer;
  readonly slack: LocalServer;
  readonly ran: PeerCount[] = [];
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

  /** One `npm start` with these options. */
  async start(...command: string[]): Promise<PeerCount> {
    const ran = await start(command, this.environment, {}, this.now);
    this.ran.push(ran);
    return ran;
  }

  /** What Slack got since this was last asked: the text of each notification. */
  posted(): readonly string[] {
    const posts = this.slack.requests.slice(this.#postsSeen);
    this.#postsSeen += posts.length;
    return posts.map(({ body }) => {
      const message: unknown = JSON.parse(body);
      const isMessage = typeof message === 'object' && message !== null && 'text' in message;
      return isMessage ? String(message.text) : body;
    });
  }

  /** The memory file as it stands; undefined when there is none. */
  state(): string | undefined {
    return existsSync(this.stateFile) ? readFileSync(this.stateFile, 'utf8') : undefined;
  }
}

const folders: string[] = [];

/** A folder for one test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-'));
  folders.push(folder);
  return folder;
}

/** For `afterEach`: removes the folders of the test. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
