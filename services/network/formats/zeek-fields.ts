import { parseAddress } from '#shared/event/address.ts';
import { domainEntity, registeredDomain } from '#shared/event/domain.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import type { FactDraft } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { boolean, integer, list, number, text, texts } from '#shared/event/read.ts';
import { hostFields, urlFields } from '#shared/event/url.ts';
import { resolutions } from './resolutions.ts';

/** What one of Zeek's logs says above the transport. */
export interface ZeekFields {
  readonly fields: Pick<EcsDocument, 'dns' | 'http' | 'url' | 'user_agent' | 'tls' | 'file'>;
  /** The name that was asked for or talked to. */
  readonly domain: string | undefined;
  readonly facts: FactDraft[];
  readonly label: string | undefined;
  readonly user: string | undefined;
}

const none: ZeekFields = { fields: {}, domain: undefined, facts: [], label: undefined, user: undefined };

export function zeekFields(path: string, log: JsonObject, time_ns: bigint): ZeekFields {
  switch (path) {
    case 'dns':
      return dnsFields(log, time_ns);
    case 'http':
      return httpFields(log);
    case 'ssl':
      return tlsFields(log);
    case 'files':
      return fileFields(log);
    case 'conn':
      return { ...none, label: text(log['conn_state']) };
    default: {
      const user = text(log['user']) ?? text(log['username']) ?? text(log['client']);
      const label = text(log['command']) ?? text(log['request_type']) ?? text(log['name']) ?? user;
      return { ...none, label, user: path === 'ssh' ? undefined : user };
    }
  }
}

function dnsFields(log: JsonObject, time_ns: bigint): ZeekFields {
  const name = text(log['query']);
  const type = text(log['qtype_name']);
  const data = texts(log['answers']);
  const ttls = list(log['TTLs']).map((ttl) => number(ttl));
  const addresses = data?.filter((answer) => parseAddress(answer) !== undefined);
  const ttl = ttls.reduce<number | undefined>(
    (least, one) => (one === undefined ? least : Math.min(least ?? one, one)),
    undefined,
  );
  return {
    ...none,
    fields: {
      dns: {
        id: text(log['trans_id']),
        type: data === undefined && log['rcode'] === undefined ? 'query' : 'answer',
        question: name === undefined ? undefined : { name, type, registered_domain: registeredDomain(name) },
        answers: data?.map((one, index) => ({ data: one, ttl: wholeSeconds(ttls[index]) })),
        resolved_ip: addresses?.length === 0 ? undefined : addresses,
        response_code: text(log['rcode_name']),
      },
    },
    domain: name,
    facts: resolutions(addresses ?? [], domainEntity(name), time_ns, wholeSeconds(ttl)),
    label: `${type ?? 'DNS'} ${name ?? '?'}`,
  };
}

function wholeSeconds(seconds: number | undefined): number | undefined {
  return seconds === undefined || !Number.isSafeInteger(Math.trunc(seconds))
    ? undefined
    : Math.trunc(seconds);
}

function httpFields(log: JsonObject): ZeekFields {
  const host = text(log['host']);
  const domain = host === undefined ? undefined : hostFields(host).domain;
  const method = text(log['method']);
  const agent = text(log['user_agent']);
  const status = integer(log['status_code']);
  const url = urlFields(text(log['uri']));
  return {
    ...none,
    fields: {
      http: {
        version: text(log['version']),
        request: {
          method,
          referrer: text(log['referrer']),
          bytes: integer(log['request_body_len']),
          mime_type: texts(log['orig_mime_types'])?.[0],
        },
        response: {
          status_code: status,
          bytes: integer(log['response_body_len']),
          mime_type: texts(log['resp_mime_types'])?.[0],
        },
      },
      url: url === undefined && domain === undefined ? undefined : { ...url, domain: url?.domain ?? domain },
      user_agent: agent === undefined ? undefined : { original: agent },
    },
    domain,
    label: `${method ?? 'HTTP'} ${host ?? ''}${text(log['uri']) ?? ''}${status === undefined ? '' : ` ${status}`}`,
  };
}

function tlsFields(log: JsonObject): ZeekFields {
  const server_name = text(log['server_name']);
  const issuer = text(log['issuer']);
  const subject = text(log['subject']);
  const ja3s = text(log['ja3s']);
  return {
    ...none,
    fields: {
      tls: {
        version: tlsVersion(text(log['version'])),
        cipher: text(log['cipher']),
        established: boolean(log['established']),
        client: { server_name, ja3: text(log['ja3']) },
        server:
          issuer === undefined && subject === undefined && ja3s === undefined
            ? undefined
            : { issuer, subject, ja3s },
      },
    },
    domain: server_name,
    label: `TLS ${server_name ?? text(log['version']) ?? ''}`.trim(),
  };
}

/** `TLSv12` is 1.2. */
function tlsVersion(version: string | undefined): string | undefined {
  const digits = version?.replace(/^(?:TLS|SSL)v/, '');
  return digits?.length === 2 ? `${digits[0]}.${digits[1]}` : text(digits);
}

function fileFields(log: JsonObject): ZeekFields {
  const name = text(log['filename']);
  const sha256 = text(log['sha256']);
  const sha1 = text(log['sha1']);
  const md5 = text(log['md5']);
  const hasHash = sha256 !== undefined || sha1 !== undefined || md5 !== undefined;
  return {
    ...none,
    fields: {
      file: {
        name,
        size: integer(log['total_bytes']) ?? integer(log['seen_bytes']),
        hash: hasHash ? { sha256, sha1, md5 } : undefined,
      },
    },
    label: name ?? text(log['mime_type']),
  };
}
