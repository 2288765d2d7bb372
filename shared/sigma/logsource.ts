import type { Family } from '#shared/avro/types.generated.ts';
import { readField } from './match/read-field.ts';
import type { Logsource } from './rule/model.ts';

/** What of an event says where it comes from. */
export interface EventOrigin {
  readonly family: Family;
  readonly format: string;
  readonly dataset: string;
  readonly document: OriginDocument;
}

/** What of an event's document decides its category. */
export interface OriginDocument {
  readonly event?:
    | {
        readonly category?: readonly string[] | undefined;
        readonly type?: readonly string[] | undefined;
        readonly provider?: string | undefined;
      }
    | undefined;
  readonly dns?: { readonly question?: object | undefined } | undefined;
  readonly http?: object | undefined;
  readonly url?: object | undefined;
  readonly source?: object | undefined;
  readonly destination?: object | undefined;
}

/**
 * The Sigma log source of an event. A rule is tried unless both name the same dimension and differ, so an origin
 * leaves open what it cannot know: a rule for `product: linux` sees every runtime event, one for
 * `category: process_creation` only those that start a process.
 *
 * | formats | product | service | category |
 * |---|---|---|---|
 * | runtime: falco, tetragon, tracee, kubearmor, osquery, … | linux | the format | from ECS: see `runtimeCategory` |
 * | falco alerts on another source (`dataset` falco.k8s_audit, …) | by `falcoProducts` | the source | application |
 * | k8s-audit | kubernetes | audit | application |
 * | other admission: admissionreview, policyreport, gatekeeper, … | kubernetes | the format | application |
 * | network: zeek, suricata | the format | the log (`event.provider`: dns), by `sensorLogs`; else other | from ECS |
 * | other network: hubble, calico, istio, vpcflow, ZTNA, … | the format | open | from ECS: see `networkCategory` |
 * | scanner: trivy, grype, … | the format | scanner | vulnerability |
 * | inventory | kubernetes | inventory | asset |
 */
export function logsourceOf(event: EventOrigin): Logsource {
  switch (event.family) {
    case 'runtime':
      return runtime(event);
    case 'admission':
      return kubernetesSource(event.format === 'k8s-audit' ? 'audit' : event.format);
    case 'network':
      return network(event);
    case 'scanner':
      return { category: 'vulnerability', product: event.format, service: 'scanner' };
    case 'inventory':
      return { category: 'asset', product: 'kubernetes', service: 'inventory' };
  }
}

function kubernetesSource(service: string): Logsource {
  return { category: 'application', product: 'kubernetes', service };
}

/** Falco reads other logs too; the product whose log it was. */
const falcoProducts: ReadonlyMap<string, Logsource> = new Map([
  ['k8s_audit', kubernetesSource('falco')],
  ['aws_cloudtrail', { category: 'application', product: 'aws', service: 'falco' }],
  ['gcp_auditlog', { category: 'application', product: 'gcp', service: 'falco' }],
  ['okta', { category: 'application', product: 'okta', service: 'falco' }],
  ['github', { category: 'application', product: 'github', service: 'falco' }],
]);

function runtime(event: EventOrigin): Logsource {
  const foreign = falcoProducts.get(afterDot(event.dataset));
  if (foreign !== undefined) return foreign;
  return { category: runtimeCategory(event.document), product: 'linux', service: event.format };
}

/** The Sigma category of what a process did, from the ECS categories and types of the event. */
function runtimeCategory(document: OriginDocument): string | undefined {
  const categories = document.event?.category ?? [];
  const types = document.event?.type ?? [];
  if (categories.includes('file')) {
    if (types.includes('deletion')) return 'file_delete';
    if (types.includes('access')) return 'file_access';
    return types.includes('creation') || types.includes('change') ? 'file_event' : undefined;
  }
  if (document.dns?.question !== undefined) return 'dns_query';
  if (categories.includes('network')) return 'network_connection';
  if (!categories.includes('process')) return undefined;
  return types.includes('end') ? 'process_termination' : 'process_creation';
}

function network(event: EventOrigin): Logsource {
  const category = networkCategory(event.document);
  return { category, product: event.format, service: sensorLog(event) };
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/**
 * The logs of sensors that write several, in their own words, which are those of SigmaHQ's rules. Only these make a log
 * source: what else a record claims to be is `other`, so that records cannot make as many log sources as they like.
 */
export const sensorLogs: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'zeek',
    words(
      'conn dce_rpc dhcp dnp3 dns files ftp http irc kerberos known_certs known_hosts known_services ldap ldap_search ' +
        'modbus mysql notice ntlm ntp ocsp pe postgresql quic radius rdp rfb sip smb_cmd smb_files smb_mapping smtp ' +
        'snmp socks software ssh ssl syslog tunnel weird websocket x509',
    ),
  ],
  [
    'suricata',
    words(
      'alert anomaly bittorrent_dht dcerpc dhcp dnp3 dns enip fileinfo flow ftp ftp_data http http2 ike krb5 ldap ' +
        'mdns modbus mqtt netflow nfs pgsql quic rdp rfb sip smb smtp snmp ssh stats tftp tls websocket',
    ),
  ],
]);

function sensorLog({ format, document }: EventOrigin): string | undefined {
  const logs = sensorLogs.get(format);
  if (logs === undefined) return undefined;
  const name = document.event?.provider ?? '';
  return logs.has(name) ? name : 'other';
}

/** The Sigma category of what was seen on the wire. */
function networkCategory(document: OriginDocument): string | undefined {
  if (document.dns?.question !== undefined) return 'dns';
  if (document.http !== undefined || document.url !== undefined) return 'webserver';
  return document.destination === undefined && document.source === undefined
    ? undefined
    : 'network_connection';
}

function afterDot(dataset: string): string {
  return dataset.slice(dataset.indexOf('.') + 1);
}

const families: readonly Family[] = ['scanner', 'admission', 'runtime', 'network', 'inventory'];

/** The origin that a recorded event's document states; undefined when it is no event of ours. */
export function originOf(document: object): EventOrigin | undefined {
  const text = (field: string): string => String(readField(document, field).values[0] ?? '');
  const texts = (field: string): readonly string[] => readField(document, field).values.map(String);
  const something = (field: string): object | undefined =>
    readField(document, field).present ? {} : undefined;
  const family = families.find((candidate) => candidate === text('breakwater.family'));
  if (family === undefined) return undefined;
  return {
    family,
    format: text('breakwater.format'),
    dataset: text('event.dataset'),
    document: {
      event: {
        category: texts('event.category'),
        type: texts('event.type'),
        provider: text('event.provider'),
      },
      dns: { question: something('dns.question') },
      http: something('http'),
      url: something('url'),
      source: something('source'),
      destination: something('destination'),
    },
  };
}

/** One text for each different log source; absent dimensions are empty. */
export function logsourceKey({ category, product, service }: Logsource): string {
  return `${category ?? ''}|${product ?? ''}|${service ?? ''}`;
}

/** For people: `linux process_creation`, product first as one would say it. */
export function logsourceText({ category, product, service }: Logsource): string {
  return [product, service, category].filter((word) => word !== undefined && word !== '').join(' ') || 'any';
}

/** Whether a rule must not be tried: both sides name a dimension, differently. */
export function conflicts(rule: Logsource, event: Logsource): boolean {
  return (
    differs(rule.category, event.category) ||
    differs(rule.product, event.product) ||
    differs(rule.service, event.service)
  );
}

function differs(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}
