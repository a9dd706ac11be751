import { inspect } from 'node:util';
import { check } from '../../lambda/commands/check.ts';
import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { report } from '../../lambda/commands/report.ts';
import { testDeployment } from '../../lambda/commands/test-deployment.ts';
import { wire } from '../../lambda/invocation/wiring.ts';
import { aFailingRecord, START, settings } from '../commands/a-world.ts';
import { answers, answersJson, type Behaviour, sendsRaw } from '../http/local-server.ts';
import { Deployed, MARK } from '../invocation/a-deployed.ts';
import { allOutput, marksIn } from '../invocation/all-output.ts';

/*
 * Every way in which something can go wrong, with a mark in each key, URL and token, and with services that repeat them.
 * The tests search all output for the mark: responses, errors as they are thrown inside and outside, log lines, metrics,
 * stored documents and posts.
 */

/** What goes wrong before the function is invoked. */
export type Trouble = (deployed: Deployed) => void | Promise<void>;

/** Each trouble by its name. */
export type Troubles = Readonly<Record<string, Trouble>>;

/** The API repeats what it was sent; it knows only the key. */
export const KEY_REPEATED = `you sent Bearer ${MARK}-key`;
export const REPEATED = `${KEY_REPEATED} to /services/${MARK}, dear ${MARK}`;
export const PAGE = `<html><body>${REPEATED}</body></html>`;

/** Repeats the request outside of HTTP. */
export const echo: Behaviour = (request) =>
  void request.socket.end(`${request.url} ${request.headers.authorization ?? ''}\r\n\r\n`);

/** A redirect whose target contains the secrets. */
export function redirectsToSecrets(status: number): Behaviour {
  return answers(status, PAGE, { location: `https://hooks.slack.com/services/${MARK}?key=${MARK}-key` });
}

/** Responds with a status text that contains the mark. */
export function sendsStatusText(statusLine: string): Behaviour {
  return sendsRaw(() => `HTTP/1.1 ${statusLine}\r\ncontent-length: 0\r\n\r\n`);
}

/** The behaviour for more calls than any test makes. */
export function always(behaviour: Behaviour): Behaviour[] {
  return Array.from({ length: 60 }, () => behaviour);
}

/** Makes the table hold a document with these bytes, which this program did not write. */
export function storeBytes({ table }: Deployed, bytes: Buffer): void {
  const item = {
    part: { S: 'state#000' },
    version: { N: '1' },
    writeId: { S: 'x' },
    pieces: { N: '1' },
    bytes: { B: bytes.toString('base64') },
  };
  table.onQueries.push(...always(answersJson(200, { Items: [item], Count: 1 })));
}

/** Sentences for `it.each`: each trouble after what it concerns. */
export function casesOf(subject: string, troubles: Troubles): readonly (readonly [string, Trouble])[] {
  return Object.entries(troubles).map(([name, trouble]) => [`${subject} ${name}`, trouble] as const);
}

/** One trouble per behaviour of a service. */
export function troublesOf(
  behaviours: Readonly<Record<string, Behaviour>>,
  set: (deployed: Deployed, behaviour: Behaviour) => void,
): Troubles {
  return Object.fromEntries(
    Object.entries(behaviours).map(([name, behaviour]) => [
      name,
      (deployed: Deployed) => set(deployed, behaviour),
    ]),
  );
}

/** Invokes every command, through the handler and below it, and expects no secret in the output. */
export async function expectNoSecret(name: string, trouble: Trouble): Promise<Deployed> {
  const deployed = await Deployed.start();
  // Enough for a check whose services never respond, which uses all its time.
  deployed.remainingMs = 9500;
  deployed.shown = [aFailingRecord(START)];
  await trouble(deployed);
  deployed.freshContainer();
  const before = deployed.documents();
  const output: unknown[] = [];
  const record = (attempt: () => unknown) =>
    Promise.resolve()
      .then(attempt)
      .then(
        (response) => output.push(response),
        (error: unknown) => output.push(error),
      );
  // Without a response, each command uses all its time: one is enough.
  const commands = name.endsWith('no response') ? [] : ['check', 'report', 'test'];
  for (const command of commands) await record(() => deployed.invoke({ command }));
  deployed.now += 15 * 60 * 1000;
  await record(() => deployed.invoke());
  if (commands.length > 0) await record(() => runBelowHandler(deployed, output));
  expect(output.length).toBeGreaterThan(commands.length);
  const documents = deployed.documents().filter((document) => !before.includes(document));
  const posted = deployed.servers.slack.requests.map(({ body }) => body);
  const requested = deployed.servers.api.requests.map(({ url }) => url);
  const everything = allOutput(output, deployed.lines, deployed.printed, documents, posted, requested);
  const found = marksIn(everything, [MARK]);
  if (found.length > 0) throw new Error(`the output contains ${found.join()}: ${excerpt(everything)}`);
  return deployed;
}

/** The handler makes every error anew; what is thrown below it must not contain a secret either. */
async function runBelowHandler(deployed: Deployed, output: unknown[]): Promise<void> {
  const { secret, portsFor } = wire({ ...deployed.runtime(), now: () => deployed.now });
  const { organisation } = await secret.read();
  const ports = portsFor(organisation);
  const overrides = { remainingSeconds: deployed.remainingMs / 1000 };
  for (const attempt of [
    () => check(ports, settings({ ...overrides, dryRun: true })),
    () => check(ports, settings(overrides)),
    () => report(ports, settings(overrides), true),
    () => testDeployment(ports, settings(overrides), { before: [], stateLabel: 'the table' }),
  ]) {
    const result = await attempt().catch((error: unknown) => error);
    output.push(result);
    if (result instanceof CheckFailed) {
      output.push(result.outcome, result.cause, inspect(result, { depth: null }));
    }
  }
}

/** The text around the first mark, to find its source. */
function excerpt(text: string): string {
  const at = text.indexOf(MARK);
  return text.slice(Math.max(0, at - 200), at + 100);
}
