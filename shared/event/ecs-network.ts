/*
 * The ECS fields of what passed over the network: the connection, and what was asked and answered over it.
 */

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
