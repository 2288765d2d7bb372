import {
  container_ports,
  elasticsearchEnvironment,
  images,
  kafkaEnvironment,
  redisCommand,
} from './images.ts';

/** A service of a compose file, as far as ours use the specification. */
export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck: Healthcheck;
  readonly depends_on?: Readonly<Record<string, { readonly condition: 'service_healthy' }>>;
  readonly restart: 'unless-stopped';
  readonly init?: true;
  readonly read_only?: true;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly ['ALL'];
  readonly security_opt?: readonly ['no-new-privileges:true'];
  readonly stop_grace_period?: string;
}

interface Healthcheck {
  readonly test: readonly ['CMD' | 'CMD-SHELL', ...string[]];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly start_period: string;
}

export interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, Readonly<Record<string, never>>>>;
}

/** Keys that exports need; the one that signs the ledger is not among them. */
const exportKeys = {
  BREAKWATER_BODY_KEY_FILE: '/exportkeys/bodies.key',
  BREAKWATER_EXPORT_KEY_FILE: '/exportkeys/export.pem',
};

/** Every service of Breakwater, and the variables that only it needs. Tokens have no default on purpose. */
/** Unset, the API does not ask the correlator. */
const questions = { BREAKWATER_QUESTIONS_TOKEN: '${BREAKWATER_QUESTIONS_TOKEN:-}' };

const breakwaterServices: Readonly<Record<string, Partial<ComposeService>>> = {
  gateway: {
    environment: {
      BREAKWATER_GATEWAY_HOST: '0.0.0.0',
      BREAKWATER_GATEWAY_TOKENS: required('BREAKWATER_GATEWAY_TOKENS', 'scope=token'),
    },
    ports: [onHost(8090)],
  },
  inventory: {},
  scanner: {},
  admission: {},
  runtime: {},
  network: {},
  correlator: { environment: { BREAKWATER_QUESTIONS_HOST: '0.0.0.0', ...questions } },
  indexer: {},
  auditor: {
    environment: {
      // Apart from the ledger, which others read.
      BREAKWATER_LEDGER_KEY_FILE: '/keys/ledger.pem',
      ...exportKeys,
    },
    volumes: ['ledger:/data', 'keys:/keys', 'exportkeys:/exportkeys'],
  },
  api: {
    environment: {
      BREAKWATER_API_HOST: '0.0.0.0',
      BREAKWATER_API_TOKENS: required('BREAKWATER_API_TOKENS', 'name:role=token'),
      BREAKWATER_QUESTIONS_URLS: 'http://correlator:8082',
      ...questions,
      ...exportKeys,
    },
    ports: [onHost(8080)],
    volumes: ['ledger:/data', 'exportkeys:/exportkeys'],
  },
  worker: { environment: exportKeys, volumes: ['ledger:/data', 'exportkeys:/exportkeys'] },
};

const health_port = 9464;

/** Everything that `docker compose up` starts: the servers, Kibana, and one container a service from one image. */
export function composeFile(): ComposeFile {
  const own = Object.entries(breakwaterServices).map(
    ([name, extra]) => [name, breakwaterService(name, extra)] as const,
  );
  return {
    name: 'breakwater',
    services: { kafka, elasticsearch, kibana, redis, ...Object.fromEntries(own) },
    volumes: { kafka: {}, elasticsearch: {}, redis: {}, ledger: {}, keys: {}, exportkeys: {} },
  };
}

function breakwaterService(name: string, extra: Partial<ComposeService>): ComposeService {
  const ready = `fetch('http://127.0.0.1:${health_port}/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  const healthy = { condition: 'service_healthy' } as const;
  return {
    image: 'breakwater',
    build: { context: '..', dockerfile: 'infra/Dockerfile' },
    command: ['node', `services/${name}/main.ts`],
    restart: 'unless-stopped',
    init: true,
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    // Consumers finish their batch and commit.
    stop_grace_period: '30s',
    depends_on: { kafka: healthy, elasticsearch: healthy, redis: healthy },
    healthcheck: healthcheck(['CMD', 'node', '-e', ready], '30s'),
    ...extra,
    environment: {
      KAFKA_BROKERS: `kafka:${container_ports.kafkaInternal}`,
      ELASTICSEARCH_URL: `http://elasticsearch:${container_ports.elasticsearch}`,
      REDIS_URL: `redis://redis:${container_ports.redis}`,
      BREAKWATER_DATA: '/data',
      BREAKWATER_HEALTH_HOST: '0.0.0.0',
      BREAKWATER_HEALTH_PORT: String(health_port),
      ...extra.environment,
    },
  };
}

const kafka: ComposeService = {
  image: images.kafka,
  restart: 'unless-stopped',
  environment: {
    ...kafkaEnvironment(`localhost:${container_ports.kafka}`, 'kafka'),
    KAFKA_LOG_DIRS: '/var/lib/kafka/data',
  },
  ports: [onHost(container_ports.kafka)],
  volumes: ['kafka:/var/lib/kafka/data'],
  healthcheck: healthcheck(
    [
      'CMD',
      '/opt/kafka/bin/kafka-broker-api-versions.sh',
      '--bootstrap-server',
      `localhost:${container_ports.kafka}`,
    ],
    '30s',
  ),
};

const elasticsearch: ComposeService = {
  image: images.elasticsearch,
  restart: 'unless-stopped',
  environment: elasticsearchEnvironment(),
  ports: [onHost(container_ports.elasticsearch)],
  volumes: ['elasticsearch:/usr/share/elasticsearch/data'],
  healthcheck: healthcheck(
    [
      'CMD-SHELL',
      `curl -fs 'http://localhost:${container_ports.elasticsearch}/_cluster/health?wait_for_status=yellow'`,
    ],
    '90s',
  ),
};

const kibana: ComposeService = {
  image: images.kibana,
  restart: 'unless-stopped',
  environment: {
    ELASTICSEARCH_HOSTS: `http://elasticsearch:${container_ports.elasticsearch}`,
    TELEMETRY_OPTIN: 'false',
  },
  ports: [onHost(5601)],
  depends_on: { elasticsearch: { condition: 'service_healthy' } },
  healthcheck: healthcheck(['CMD-SHELL', 'curl -fs http://localhost:5601/api/status'], '120s'),
};

const redis: ComposeService = {
  image: images.redis,
  restart: 'unless-stopped',
  command: redisCommand(),
  environment: {},
  ports: [onHost(container_ports.redis)],
  volumes: ['redis:/data'],
  healthcheck: healthcheck(['CMD', 'valkey-cli', 'ping'], '10s'),
};

function healthcheck(test: Healthcheck['test'], start_period: string): Healthcheck {
  return { test, interval: '10s', timeout: '10s', retries: 6, start_period };
}

/** The servers have no passwords here, so only this computer may reach them. */
function onHost(port: number): string {
  return `127.0.0.1:${port}:${port}`;
}

/** Compose refuses to start without the variable, and says so. */
function required(variable: string, form: string): string {
  return `\${${variable}:?set it to ${form}, for example in infra/.env}`;
}
