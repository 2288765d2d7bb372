import { addressEntity } from '#shared/event/address.ts';
import { registeredDomain } from '#shared/event/domain.ts';
import type { EcsDns, EcsHttp } from '#shared/event/ecs-network.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { FactDraft } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { integer, object, objects, text, texts } from '#shared/event/read.ts';
import { urlFields } from '#shared/event/url.ts';
import { forwardedFor } from './forwarded.ts';
import { resolutions } from './resolutions.ts';

/** What a request or an answer above the transport says. */
export interface Layer7 {
  readonly fields: Pick<EcsDocument, 'dns' | 'http' | 'url' | 'user_agent' | 'client'>;
  readonly protocol: string;
  /** People or machines behind a proxy. */
  readonly actors: Entity[];
  /** Names that were asked for. */
  readonly targets: Entity[];
  readonly facts: FactDraft[];
  /** What a sentence shows: `GET http://…`, `DNS A example.com.`. */
  readonly label: string;
}

/** Reads `l7`; undefined for flows without, and for protocols that Hubble only names. */
export function layer7(l7: JsonObject | undefined, time_ns: bigint): Layer7 | undefined {
  const http = object(l7?.['http']);
  if (http !== undefined) return httpLayer(http);
  const dns = object(l7?.['dns']);
  if (dns !== undefined) return dnsLayer(dns, l7?.['type'] === 'RESPONSE', time_ns);
  const kafka = object(l7?.['kafka']);
  return kafka === undefined ? undefined : kafkaLayer(kafka);
}

function httpLayer(http: JsonObject): Layer7 {
  const headers = objects(http['headers']);
  const method = text(http['method']);
  const url = text(http['url']);
  const status = integer(http['code']);
  const client = forwardedFor(header(headers, 'x-forwarded-for'));
  const actor = addressEntity(client);
  const request: EcsHttp['request'] = { method, id: header(headers, 'x-request-id') };
  const answer = status === undefined || status === 0 ? '' : ` ${status}`;
  return {
    fields: {
      http: {
        version: text(text(http['protocol'])?.replace('HTTP/', '')),
        request,
        response: answer === '' ? undefined : { status_code: status },
      },
      url: urlFields(url),
      user_agent: userAgent(header(headers, 'user-agent')),
      client: client === undefined ? undefined : { ip: client },
    },
    protocol: 'http',
    actors: actor === undefined ? [] : [actor],
    targets: [],
    facts: [],
    label: `${method ?? 'HTTP'} ${url ?? ''}${answer}`,
  };
}

function userAgent(original: string | undefined): EcsDocument['user_agent'] {
  return original === undefined ? undefined : { original };
}

/** Header names differ in case between proxies. */
function header(headers: readonly JsonObject[], name: string): string | undefined {
  for (const one of headers) {
    const key = one['key'];
    if (typeof key === 'string' && key.length === name.length && key.toLowerCase() === name) {
      return text(one['value']);
    }
  }
  return undefined;
}

function dnsLayer(dns: JsonObject, isAnswer: boolean, time_ns: bigint): Layer7 {
  const query = withoutDot(text(dns['query']));
  const type = texts(dns['qtypes'])?.[0];
  const addresses = texts(dns['ips']);
  const ttl = ttlSeconds(integer(dns['ttl']));
  const registered_domain = registeredDomain(query);
  const target = registered_domain === undefined ? undefined : entity('external', registered_domain);
  return {
    fields: {
      dns: {
        type: isAnswer ? 'answer' : 'query',
        question: query === undefined ? undefined : { name: query, type, registered_domain },
        answers: addresses === undefined ? undefined : answersOf(query, addresses, type, ttl),
        resolved_ip: addresses?.filter((address) => addressEntity(address) !== undefined),
        response_code: isAnswer ? responseCode(integer(dns['rcode']) ?? 0) : undefined,
      },
    },
    protocol: 'dns',
    actors: [],
    targets: target === undefined ? [] : [target],
    facts: addresses === undefined ? [] : resolutions(addresses, target, time_ns, ttl),
    label: `DNS ${type ?? ''} ${query ?? '?'}${addresses === undefined ? '' : ` = ${addresses.join(', ')}`}`,
  };
}

function answersOf(
  name: string | undefined,
  addresses: readonly string[],
  type: string | undefined,
  ttl: number | undefined,
): EcsDns['answers'] {
  return addresses.map((data) => ({ name, data, type, ttl }));
}

function withoutDot(name: string | undefined): string | undefined {
  return name?.endsWith('.') === true && name.length > 1 ? name.slice(0, -1) : name;
}

/** Hubble writes 4294967295 where an answer has no time to live. */
function ttlSeconds(ttl: number | undefined): number | undefined {
  return ttl === undefined || ttl >= 4_294_967_295 ? undefined : ttl;
}

const responseCodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;

function responseCode(code: number): string {
  return responseCodes[code] ?? String(code);
}

function kafkaLayer(kafka: JsonObject): Layer7 {
  const topic = text(kafka['topic']);
  const key = text(kafka['api_key']);
  return {
    fields: {},
    protocol: 'kafka',
    actors: [],
    targets: [],
    facts: [],
    label: `Kafka ${key ?? 'request'}${topic === undefined ? '' : ` ${topic}`}`,
  };
}
