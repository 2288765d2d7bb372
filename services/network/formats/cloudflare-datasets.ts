import type { JsonObject } from '#shared/event/json.ts';

export type CloudflareDataset =
  | 'gateway_network'
  | 'gateway_http'
  | 'gateway_dns'
  | 'access_requests'
  | 'zero_trust_network_sessions'
  | 'http_requests'
  | 'firewall_events';

/** Logpush names no data set: each is known by fields that it alone has. Of every row, all must be there. */
const signs: readonly (readonly [CloudflareDataset, ...string[]])[] = [
  ['zero_trust_network_sessions', 'SessionStartTime', 'SessionID', 'Offramp'],
  ['zero_trust_network_sessions', 'SessionStartTime', 'SessionID', 'OriginIP'],
  ['gateway_dns', 'QueryName', 'SrcIP'],
  ['gateway_dns', 'QueryName', 'ResolverDecision'],
  ['gateway_http', 'HTTPHost', 'HTTPMethod', 'Datetime'],
  ['gateway_network', 'SourceIP', 'DestinationIP', 'Transport', 'Datetime'],
  ['access_requests', 'AppDomain', 'Allowed', 'RayID'],
  ['access_requests', 'AppUUID', 'Allowed', 'IPAddress'],
  ['firewall_events', 'RuleID', 'ClientIP', 'Action', 'Datetime'],
  ['http_requests', 'ClientRequestHost', 'ClientIP', 'RayID'],
];

export function datasetOf(record: JsonObject): CloudflareDataset | undefined {
  return signs.find(([, ...fields]) => fields.every((field) => record[field] !== undefined))?.[0];
}
