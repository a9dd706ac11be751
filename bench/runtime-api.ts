import { createServer, type ServerResponse } from 'node:http';

/**
 * The Runtime API of one sandbox, which AWS's runtime client asks for events
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
 */
export class RuntimeApi {
  readonly #server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.method === 'GET') {
        this.#waiting = response;
        this.#onReady();
        return;
      }
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
      this.#onResult(request.url?.endsWith('/response') === true);
    });
  });
  #waiting: ServerResponse | undefined;
  #onReady = (): void => undefined;
  #onResult = (_ok: boolean): void => undefined;
  /** Resolves when the client asks for its first event. */
  readonly ready = new Promise<void>((resolve) => {
    this.#onReady = resolve;
  });

  /** @returns The value of AWS_LAMBDA_RUNTIME_API. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
    return `127.0.0.1:${address.port}`;
  }

  /** Gives the client an event. Returns whether the function succeeded. */
  async invoke(event: unknown): Promise<boolean> {
    await this.ready;
    const result = new Promise<boolean>((resolve) => {
      this.#onResult = resolve;
    });
    this.#waiting?.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': 'bench',
      'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-west-1:000000000000:function:bench',
    });
    this.#waiting?.end(JSON.stringify(event));
    return result;
  }

  end(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
