import { parseAddress } from '#shared/event/address.ts';
import { registeredDomain } from '#shared/event/domain.ts';
import type { EcsTls } from '#shared/event/ecs-network.ts';
import type { EcsDocument, EcsFile } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import { baseName } from '#shared/event/file-path.ts';
import type { FactDraft } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { integer, object, objects, text } from '#shared/event/read.ts';
import { urlFields } from '#shared/event/url.ts';
import { forwardedFor } from './forwarded.ts';
import { resolutions } from './resolutions.ts';

/** What the application layers of an EVE record say. */
export interface ApplicationFields {
  readonly fields: Pick<EcsDocument, 'http' | 'url' | 'user_agent' | 'dns' | 'tls' | 'file' | 'client'>;
  /** Domains that were asked for or named. */
  readonly domains: Entity[];
  readonly facts: FactDraft[];
  /** What a sentence shows. */
  readonly label: string | undefined;
}

export function applicationFields(record: JsonObject, time_ns: bigint): ApplicationFields {
  const http = object(record['http']);
  const dns = object(record['dns']);
  const tls = object(record['tls']);
  const host = text(http?.['hostname']);
  const sni = text(tls?.['sni']);
  const question = dns === undefined ? undefined : questionOf(dns);
  const answers = dns === undefined ? [] : answersOf(dns);
  const registered = question === undefined ? registeredDomain(sni ?? host) : question.registered_domain;
  const domain = registered === undefined ? undefined : entity('external', registered);
  const addresses = answers.filter((answer) => parseAddress(answer.data) !== undefined);
  const ttls = addresses.map((answer) => answer.ttl ?? 0);
  return {
    fields: {
      ...(http === undefined ? undefined : httpFields(http, host)),
      dns:
        dns === undefined
          ? undefined
          : {
              id: text(dns['id']),
              type: text(dns['type']) === 'answer' || text(dns['type']) === 'response' ? 'answer' : 'query',
              question,
              answers: answers.length === 0 ? undefined : answers,
              response_code: text(dns['rcode']),
              resolved_ip: addresses.length === 0 ? undefined : addresses.map(({ data }) => data),
            },
      tls: tls === undefined ? undefined : tlsFields(tls, sni),
      file: fileFields(object(record['fileinfo']) ?? objects(record['files'])[0]),
    },
    domains: domain === undefined ? [] : [domain],
    facts: resolutions(
      addresses.map(({ data }) => data),
      domain,
      time_ns,
      ttls.length === 0 ? undefined : Math.min(...ttls),
    ),
    label: labelOf(http, host, question?.name, sni),
  };
}

function httpFields(
  http: JsonObject,
  host: string | undefined,
): Pick<EcsDocument, 'http' | 'url' | 'user_agent' | 'client'> {
  const agent = text(http['http_user_agent']);
  const client = forwardedFor(text(http['xff']));
  const status = integer(http['status']);
  const length = integer(http['length']);
  const url = urlFields(text(http['url']));
  return {
    http: {
      version: text(text(http['protocol'])?.replace('HTTP/', '')),
      request: { method: text(http['http_method']), referrer: text(http['http_refer']) },
      response:
        status === undefined && length === undefined
          ? undefined
          : { status_code: status, bytes: length, mime_type: text(http['http_content_type']) },
    },
    url: url === undefined && host === undefined ? undefined : { ...url, domain: url?.domain ?? host },
    user_agent: agent === undefined ? undefined : { original: agent },
    client: client === undefined ? undefined : { ip: client },
  };
}

/** Version 3 of the DNS log has a list of queries; before, one name was in the record itself. */
function questionOf(
  dns: JsonObject,
): { name?: string; type?: string; registered_domain?: string } | undefined {
  const [query] = objects(dns['queries']);
  const name = text(query?.['rrname']) ?? text(dns['rrname']);
  const type = text(query?.['rrtype']) ?? text(dns['rrtype']);
  const registered_domain = registeredDomain(name);
  if (name === undefined) return undefined;
  return {
    name,
    ...(type === undefined ? {} : { type }),
    ...(registered_domain === undefined ? {} : { registered_domain }),
  };
}

interface Answer {
  readonly name?: string | undefined;
  readonly data: string;
  readonly type?: string | undefined;
  readonly ttl?: number | undefined;
}

function answersOf(dns: JsonObject): Answer[] {
  const answers: Answer[] = [];
  for (const answer of objects(dns['answers'])) {
    const data = text(answer['rdata']);
    if (data === undefined) continue;
    answers.push({
      name: text(answer['rrname']),
      data,
      type: text(answer['rrtype']),
      ttl: integer(answer['ttl']),
    });
  }
  return answers;
}

function tlsFields(tls: JsonObject, sni: string | undefined): EcsTls {
  const version = text(tls['version']);
  const issuer = text(tls['issuerdn']);
  const subject = text(tls['subject']);
  const ja3s = text(object(tls['ja3s'])?.['hash']);
  return {
    version: text(version?.replace(/^(?:TLS|SSL)v? ?/i, '')),
    client: { server_name: sni, ja3: text(object(tls['ja3'])?.['hash']) },
    server:
      issuer === undefined && subject === undefined && ja3s === undefined
        ? undefined
        : { issuer, subject, ja3s },
  };
}

function fileFields(file: JsonObject | undefined): EcsFile | undefined {
  const path = text(file?.['filename']);
  if (file === undefined || path === undefined) return undefined;
  const sha256 = text(file['sha256']);
  const md5 = text(file['md5']);
  const sha1 = text(file['sha1']);
  return {
    path,
    name: baseName(path),
    size: integer(file['size']),
    hash: sha256 === undefined && md5 === undefined && sha1 === undefined ? undefined : { sha256, md5, sha1 },
  };
}

function labelOf(
  http: JsonObject | undefined,
  host: string | undefined,
  question: string | undefined,
  sni: string | undefined,
): string | undefined {
  if (http !== undefined) {
    const status = text(http['status']);
    const target = `${host ?? ''}${text(http['url']) ?? ''}`;
    return `${text(http['http_method']) ?? 'HTTP'} ${target}${status === undefined ? '' : ` ${status}`}`;
  }
  if (question !== undefined) return `DNS ${question}`;
  return sni === undefined ? undefined : `TLS ${sni}`;
}
