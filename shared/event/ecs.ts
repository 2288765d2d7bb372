import type { BreakwaterExtension, FlattenedValue, Kubernetes } from './ecs-extension.ts';
import type { EcsDns, EcsHttp, EcsNetwork, EcsTls, EcsUrl } from './ecs-network.ts';

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
