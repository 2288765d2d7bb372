/**
 * The ECS 9.4 fields that Breakwater emits, nested, plus its documented extension: Elastic Agent's `kubernetes.*`,
 * `breakwater.*`, and one flattened field a tool. `undefined` means absent and is not serialised; empty strings,
 * "-" and the like never get here. Arrays are the fields that ECS normalises to arrays.
 */
export interface EcsDocument {
  '@timestamp'?: string | undefined;
  message?: string | undefined;
  tags?: readonly string[] | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  ecs?: { version: string } | undefined;
  event?: EcsEvent | undefined;
  data_stream?: { type: string; dataset: string; namespace: string } | undefined;
  observer?: EcsObserver | undefined;
  container?: EcsContainer | undefined;
  orchestrator?: EcsOrchestrator | undefined;
  kubernetes?: Kubernetes | undefined;
  process?: EcsProcess | undefined;
  file?: EcsFile | undefined;
  user?: EcsUser | undefined;
  user_agent?: { original?: string | undefined } | undefined;
  source?: EcsEndpoint | undefined;
  destination?: EcsEndpoint | undefined;
  client?: EcsEndpoint | undefined;
  server?: EcsEndpoint | undefined;
  network?: EcsNetwork | undefined;
  dns?: EcsDns | undefined;
  http?: EcsHttp | undefined;
  url?: EcsUrl | undefined;
  tls?: EcsTls | undefined;
  rule?: EcsRule | undefined;
  threat?: EcsThreat | undefined;
  vulnerability?: EcsVulnerability | undefined;
  package?: EcsPackage | undefined;
  host?: EcsHost | undefined;
  device?: { id?: string | undefined; model?: { name?: string | undefined } | undefined } | undefined;
  cloud?: EcsCloud | undefined;
  organization?: { id?: string | undefined; name?: string | undefined } | undefined;
  service?: { name?: string | undefined; target?: { name?: string | undefined } | undefined } | undefined;
  log?: { level?: string | undefined; file?: { path?: string | undefined } | undefined } | undefined;
  related?: EcsRelated | undefined;
  error?: { code?: string | undefined; message?: string | undefined } | undefined;
  breakwater?: BreakwaterExtension | undefined;
}

/** A document with what the tool said beyond ECS: one flattened field named after the tool (`falco`, `trivy`, …). */
export type ToolDocument<Tool extends string> = EcsDocument & {
  readonly [name in Tool]?: FlattenedValue | undefined;
};

/** A JSON object that is indexed as one `flattened` field. */
export type FlattenedValue = Readonly<Record<string, unknown>>;

export interface EcsEvent {
  id?: string | undefined;
  hash?: string | undefined;
  kind?: 'alert' | 'asset' | 'enrichment' | 'event' | 'metric' | 'state' | 'pipeline_error' | undefined;
  category?: readonly string[] | undefined;
  type?: readonly string[] | undefined;
  action?: string | undefined;
  outcome?: 'success' | 'failure' | 'unknown' | undefined;
  dataset?: string | undefined;
  module?: string | undefined;
  provider?: string | undefined;
  severity?: 21 | 47 | 73 | 99 | undefined;
  risk_score?: number | undefined;
  created?: string | undefined;
  ingested?: string | undefined;
  start?: string | undefined;
  end?: string | undefined;
  duration?: number | string | undefined;
  sequence?: number | undefined;
  code?: string | undefined;
  reason?: string | undefined;
  reference?: string | undefined;
  url?: string | undefined;
  original?: string | undefined;
}

export interface EcsObserver {
  product?: string | undefined;
  vendor?: string | undefined;
  version?: string | undefined;
  type?: string | undefined;
  name?: string | undefined;
  hostname?: string | undefined;
  ingress?: { interface?: { name?: string | undefined } | undefined } | undefined;
}

export interface EcsContainer {
  id?: string | undefined;
  name?: string | undefined;
  runtime?: string | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  image?:
    | {
        name?: string | undefined;
        tag?: readonly string[] | undefined;
        hash?: { all: readonly string[] } | undefined;
      }
    | undefined;
  security_context?: { privileged?: boolean | undefined } | undefined;
}

export interface EcsOrchestrator {
  type?: 'kubernetes' | undefined;
  api_version?: string | undefined;
  namespace?: string | undefined;
  organization?: string | undefined;
  cluster?:
    | {
        id?: string | undefined;
        name?: string | undefined;
        url?: string | undefined;
        version?: string | undefined;
      }
    | undefined;
  resource?:
    | {
        id?: string | undefined;
        name?: string | undefined;
        type?: string | undefined;
        ip?: readonly string[] | undefined;
        label?: readonly string[] | undefined;
        annotation?: readonly string[] | undefined;
        parent?: { type?: string | undefined } | undefined;
      }
    | undefined;
}

type Named = { name?: string | undefined };

/** Elastic Agent's names. */
export interface Kubernetes {
  namespace?: string | undefined;
  pod?: { name?: string | undefined; uid?: string | undefined; ip?: string | undefined } | undefined;
  container?: { name?: string | undefined; id?: string | undefined; image?: string | undefined } | undefined;
  node?: { name?: string | undefined; uid?: string | undefined } | undefined;
  deployment?: Named | undefined;
  replicaset?: Named | undefined;
  daemonset?: Named | undefined;
  statefulset?: Named | undefined;
  job?: Named | undefined;
  cronjob?: Named | undefined;
  service?: Named | undefined;
  serviceaccount?: Named | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  /** The audit event in the shape that Elastic's prebuilt rules query. */
  audit?: FlattenedValue | undefined;
}

export interface EcsProcess {
  entity_id?: string | undefined;
  pid?: number | undefined;
  name?: string | undefined;
  executable?: string | undefined;
  args?: readonly string[] | undefined;
  args_count?: number | undefined;
  command_line?: string | undefined;
  working_directory?: string | undefined;
  start?: string | undefined;
  end?: string | undefined;
  exit_code?: number | undefined;
  interactive?: boolean | undefined;
  tty?: FlattenedValue | undefined;
  thread?: { id?: number | undefined; name?: string | undefined } | undefined;
  user?: EcsUser | undefined;
  hash?: { sha256?: string | undefined; md5?: string | undefined } | undefined;
  parent?: EcsProcess | undefined;
}

export interface EcsFile {
  path?: string | undefined;
  name?: string | undefined;
  directory?: string | undefined;
  extension?: string | undefined;
  target_path?: string | undefined;
  size?: number | undefined;
  type?: string | undefined;
  mode?: string | undefined;
  hash?: { sha256?: string | undefined; md5?: string | undefined; sha1?: string | undefined } | undefined;
}

export interface EcsUser {
  id?: string | undefined;
  name?: string | undefined;
  email?: string | undefined;
  full_name?: string | undefined;
  domain?: string | undefined;
  roles?: readonly string[] | undefined;
  group?: { id?: string | undefined; name?: string | undefined } | undefined;
  effective?: EcsUser | undefined;
  target?: EcsUser | undefined;
}

export interface EcsEndpoint {
  ip?: string | undefined;
  port?: number | undefined;
  address?: string | undefined;
  domain?: string | undefined;
  mac?: string | undefined;
  bytes?: number | undefined;
  packets?: number | undefined;
  nat?: { ip?: string | undefined; port?: number | undefined } | undefined;
  user?: EcsUser | undefined;
  geo?:
    | {
        country_iso_code?: string | undefined;
        country_name?: string | undefined;
        city_name?: string | undefined;
      }
    | undefined;
}

export interface EcsNetwork {
  transport?: string | undefined;
  protocol?: string | undefined;
  type?: string | undefined;
  direction?: string | undefined;
  community_id?: string | undefined;
  iana_number?: string | undefined;
  application?: string | undefined;
  bytes?: number | undefined;
  packets?: number | undefined;
  name?: string | undefined;
  vlan?: { id?: string | undefined } | undefined;
}

export interface EcsDns {
  id?: string | undefined;
  type?: string | undefined;
  response_code?: string | undefined;
  question?:
    | { name?: string | undefined; type?: string | undefined; registered_domain?: string | undefined }
    | undefined;
  answers?:
    | readonly {
        name?: string | undefined;
        data: string;
        type?: string | undefined;
        ttl?: number | undefined;
      }[]
    | undefined;
  resolved_ip?: readonly string[] | undefined;
}

export interface EcsHttp {
  version?: string | undefined;
  request?:
    | {
        id?: string | undefined;
        method?: string | undefined;
        referrer?: string | undefined;
        bytes?: number | undefined;
        mime_type?: string | undefined;
      }
    | undefined;
  response?:
    | { status_code?: number | undefined; bytes?: number | undefined; mime_type?: string | undefined }
    | undefined;
}

export interface EcsUrl {
  original?: string | undefined;
  full?: string | undefined;
  scheme?: string | undefined;
  domain?: string | undefined;
  port?: number | undefined;
  path?: string | undefined;
  query?: string | undefined;
}

export interface EcsTls {
  version?: string | undefined;
  cipher?: string | undefined;
  established?: boolean | undefined;
  client?: { ja3?: string | undefined; server_name?: string | undefined } | undefined;
  server?:
    | { issuer?: string | undefined; subject?: string | undefined; ja3s?: string | undefined }
    | undefined;
}

export interface EcsRule {
  id?: string | undefined;
  name?: string | undefined;
  category?: string | undefined;
  description?: string | undefined;
  ruleset?: string | undefined;
  version?: string | undefined;
  reference?: string | undefined;
  uuid?: string | undefined;
  author?: readonly string[] | undefined;
}

export interface EcsThreat {
  framework?: string | undefined;
  tactic?: { id?: readonly string[] | undefined; name?: readonly string[] | undefined } | undefined;
  technique?:
    | {
        id?: readonly string[] | undefined;
        name?: readonly string[] | undefined;
        subtechnique?: { id?: readonly string[] | undefined } | undefined;
      }
    | undefined;
}

export interface EcsVulnerability {
  id?: string | undefined;
  severity?: string | undefined;
  category?: readonly string[] | undefined;
  classification?: string | undefined;
  description?: string | undefined;
  enumeration?: string | undefined;
  reference?: string | undefined;
  report_id?: string | undefined;
  scanner?: { vendor?: string | undefined } | undefined;
  score?: { base?: number | undefined; version?: string | undefined } | undefined;
}

export interface EcsPackage {
  name?: string | undefined;
  version?: string | undefined;
  type?: string | undefined;
  path?: string | undefined;
  architecture?: string | undefined;
  license?: string | undefined;
  reference?: string | undefined;
  checksum?: string | undefined;
}

export interface EcsHost {
  id?: string | undefined;
  name?: string | undefined;
  hostname?: string | undefined;
  ip?: readonly string[] | undefined;
  architecture?: string | undefined;
  os?:
    | {
        family?: string | undefined;
        name?: string | undefined;
        version?: string | undefined;
        type?: string | undefined;
      }
    | undefined;
}

export interface EcsCloud {
  provider?: string | undefined;
  region?: string | undefined;
  account?: { id?: string | undefined; name?: string | undefined } | undefined;
  project?: { id?: string | undefined; name?: string | undefined } | undefined;
  instance?: { id?: string | undefined; name?: string | undefined } | undefined;
}

export interface EcsRelated {
  ip?: readonly string[] | undefined;
  hash?: readonly string[] | undefined;
  hosts?: readonly string[] | undefined;
  user?: readonly string[] | undefined;
}

/** What Breakwater says about the event; every field is documented in docs/fields.md. */
export interface BreakwaterExtension {
  source?: { topic: string; partition: number; offset: number | string } | undefined;
  scope?: string | undefined;
  family?: string | undefined;
  format?: string | undefined;
  /** How far the tool's time was from ours, and where `@timestamp` came from. */
  time?: { source?: 'tool' | 'broker' | 'clamped' | undefined; skew_ms?: number | undefined } | undefined;
  identity?:
    | {
        method?: string | undefined;
        confidence?: number | undefined;
        as_of?: string | undefined;
        workload?:
          | { kind?: string | undefined; name?: string | undefined; namespace?: string | undefined }
          | undefined;
      }
    | undefined;
  image?: FlattenedValue | undefined;
  /** What a scanner's finding says beyond ECS: fixed version, aliases, known to be exploited, suppressed. */
  finding?: FlattenedValue | undefined;
  actors?: readonly string[] | undefined;
  targets?: readonly string[] | undefined;
  rules?: readonly string[] | undefined;
  /** Named redaction patterns that were applied. */
  redacted?: readonly string[] | undefined;
  /** Names of limits that cut the document; the rest is in event.original. */
  truncated?: readonly string[] | undefined;
  /** Both ends of a flow, as pods. */
  source_pod?: PodReference | undefined;
  destination_pod?: PodReference | undefined;
  /** Agent that shipped the record; never the subject. */
  shipper?: FlattenedValue | undefined;
}

export interface PodReference {
  namespace?: string | undefined;
  name?: string | undefined;
  uid?: string | undefined;
  workload?: string | undefined;
  serviceaccount?: string | undefined;
  /** Set where the address is a node's or a service's, not a pod's. */
  node?: string | undefined;
  service?: string | undefined;
  /** How it was found, and how surely (0..100); `unresolved` with 0 when it was not. */
  method?: string | undefined;
  confidence?: number | undefined;
}
