import { Client, Transport } from '@elastic/elasticsearch';

type TransportOptions = ConstructorParameters<typeof Transport>[0];

export interface ClientSettings {
  /** `http://` or `https://`, with `user:password@` where basic authentication is used. */
  readonly url: string;
  readonly api_key?: string | undefined;
  /** `false` lets servers answer that do not name Elasticsearch as their product: for test doubles. */
  readonly require_product?: boolean;
}

/** Also bounds how long the body of an answer may stall; the client's own default is for ever. */
export const request_timeout_ms = 60_000;
/** The answer to the largest bulk request is a tenth of it. */
const response_bytes_max = 64 * 1024 * 1024;

/**
 * One client for 8.19 and 9.x: plain JSON media types instead of those of one major version. It never repeats a
 * request; those who call know what may be repeated.
 */
export function createClient({ url, api_key, require_product = true }: ClientSettings): Client {
  return new Client({
    node: url,
    ...(api_key === undefined ? {} : { auth: { apiKey: api_key } }),
    maxRetries: 0,
    requestTimeout: request_timeout_ms,
    maxResponseSize: response_bytes_max,
    Transport: require_product ? PlainTransport : AnyProductTransport,
  });
}

const plainMediaTypes = {
  jsonContentType: 'application/json',
  ndjsonContentType: 'application/x-ndjson',
  accept: 'application/json',
};

class PlainTransport extends Transport {
  constructor(options: TransportOptions) {
    super({ ...options, vendoredHeaders: plainMediaTypes });
  }
}

class AnyProductTransport extends Transport {
  constructor(options: TransportOptions) {
    const unchecked = { ...options, vendoredHeaders: plainMediaTypes };
    delete unchecked.productCheck;
    super(unchecked);
  }
}
