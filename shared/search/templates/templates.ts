import {
  auditStream,
  eventStream,
  incidentChangeStream,
  incidentIndex,
  progressIndex,
  timelineIndex,
} from '../names.ts';
import type { Profile } from './profile.ts';
import { documentFields, propertiesOf } from './properties.ts';

export interface TemplateOptions {
  readonly profile: Profile;
  readonly namespace: string;
  /** `strict` refuses documents with unknown fields: for tests of what services write. */
  readonly dynamic: false | 'strict';
  readonly event_retention_days: number;
  readonly incident_retention_days: number;
  readonly audit_retention_days: number;
}

export const defaultRetention = {
  event_retention_days: 90,
  incident_retention_days: 400,
  audit_retention_days: 400,
} as const;

/** An index template, by name; `body` is what `PUT _index_template/<name>` takes. */
export interface Template {
  readonly name: string;
  /** A plain index must exist before it is written to; data streams make themselves. */
  readonly creates: 'data streams' | 'index';
  readonly pattern: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Elastic's own templates for `logs-*-*` have priority 100, Fleet's 200. */
const event_priority = 500;
/** Names of our own within the pattern of events. */
const own_priority = 510;

/** A document has some 500 fields that are known; more can only come from a defect. */
const total_fields_max = 2_000;

/** An old version that arrives late must still find the tombstone of what was removed. */
const gc_deletes = '1h';

/** All index templates, rendered from the fields that Breakwater emits. */
export function renderTemplates(options: TemplateOptions): readonly Template[] {
  const { namespace } = options;
  const { event, incident, audit } = documentFields;
  const stream = (
    name: string,
    pattern: string,
    priority: number,
    fields: Fields,
    days: number,
  ): Template => ({
    name: `breakwater-${name}-${namespace}`,
    creates: 'data streams',
    pattern,
    body: streamBody(pattern, priority, mappings(options, fields), days, options.profile),
  });
  const index = (name: string, pattern: string, mapping: object, settings: Settings): Template => ({
    name: `breakwater-${name}-${namespace}`,
    creates: 'index',
    pattern,
    body: indexBody(pattern, mapping, settings),
  });
  const incidents = mappings(options, incident);
  return [
    stream('events', eventStream('*', namespace), event_priority, event, options.event_retention_days),
    stream(
      'incident-changes',
      incidentChangeStream(namespace),
      own_priority,
      incident,
      options.incident_retention_days,
    ),
    stream('audit', auditStream(namespace), own_priority, audit, options.audit_retention_days),
    index('incidents', incidentIndex(namespace), incidents, { refresh_interval: '1s' }),
    index('timeline', timelineIndex(namespace), incidents, { refresh_interval: '1s', gc_deletes }),
    // Only ever read by id, which needs neither fields nor a refresh.
    index('progress', progressIndex(namespace), { dynamic: false }, { refresh_interval: '-1' }),
  ];
}

type Fields = ReadonlyMap<string, string>;
type Settings = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** One copy where there is a second node, none where there is not. */
const commonSettings: Settings = {
  number_of_shards: 1,
  auto_expand_replicas: '0-1',
  'mapping.ignore_malformed': true,
  'mapping.total_fields.limit': total_fields_max,
  'mapping.total_fields.ignore_dynamic_beyond_limit': true,
  'query.default_field': ['message'],
};

const streamSettings: Settings = {
  ...commonSettings,
  // Explicit: clusters may turn `logs-*-*` into logsdb, whose synthetic source does not keep the text as it came.
  mode: 'standard',
  codec: 'best_compression',
  refresh_interval: '5s',
};

function mappings({ dynamic, profile }: TemplateOptions, fields: Fields) {
  return { dynamic, date_detection: false, properties: propertiesOf(fields, profile) };
}

function streamBody(pattern: string, priority: number, mapping: object, days: number, profile: Profile) {
  return {
    index_patterns: [pattern],
    data_stream: {},
    priority,
    template: {
      settings: { index: streamSettings },
      mappings: mapping,
      lifecycle: { data_retention: `${days}d` },
      // What is refused comes back to us, who write it in its safe form or to the dead-letter topic.
      ...(profile === 'full' ? { data_stream_options: { failure_store: { enabled: false } } } : {}),
    },
  };
}

function indexBody(pattern: string, mapping: object, settings: Settings) {
  return {
    index_patterns: [pattern],
    priority: own_priority,
    template: { settings: { index: { ...commonSettings, ...settings } }, mappings: mapping },
  };
}
