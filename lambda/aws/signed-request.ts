import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A POST to an AWS service that has no client in the bundle. */
export interface UnsignedRequest {
  readonly url: URL;
  /** The service's name in signatures: "sns". */
  readonly service: string;
  readonly region: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type SignRequest = (request: UnsignedRequest) => Promise<Request>;

/** Signs requests with the credentials and the signer of a client that is there anyway (AWS, "Signature Version 4"). */
export function signedBy({ config }: DynamoDBClient): SignRequest {
  return async ({ url, service, region, headers, body }) => {
    const signer = await config.signer({
      name: 'sigv4',
      signingName: service,
      signingRegion: region,
      properties: {},
    });
    const signed = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      path: url.pathname,
      query: {},
      headers: { ...headers, host: url.host },
      body,
    });
    const { host: _host, ...sent } = signed.headers;
    return new Request(url, { method: 'POST', headers: sent, body });
  };
}
