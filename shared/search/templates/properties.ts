import { ecsCatalogue } from '../../../schemas/ecs/catalogue.ts';
import { auditFields } from '../../../schemas/elasticsearch/audit-fields.ts';
import { ecsFields } from '../../../schemas/elasticsearch/ecs-fields.ts';
import { eventExtension } from '../../../schemas/elasticsearch/event-extension.ts';
import { incidentFields, timelineFields } from '../../../schemas/elasticsearch/incident-fields.ts';
import { kubernetesAuditFields } from '../../../schemas/elasticsearch/kubernetes-audit.ts';
import { toolFields } from '../../../schemas/elasticsearch/tools.ts';
import { type FieldMapping, fieldMapping, type Profile } from './profile.ts';

/** Names of fields to their types. */
type FieldTypes = ReadonlyMap<string, string>;

const ecs: FieldTypes = new Map(ecsFields.map((name) => [name, ecsCatalogue[name].type]));
const event = fieldTypes(ecs, eventExtension, kubernetesAuditFields, toolFields);

/** The fields of each kind of document. */
export const documentFields = {
  event,
  incident: fieldTypes(event, incidentFields, timelineFields),
  audit: fieldTypes(ecs, auditFields),
} as const;

export interface Properties {
  readonly [name: string]: { readonly properties: Properties; readonly dynamic?: false } | FieldMapping;
}

/** Objects that carry more than is searchable, also where unknown fields are refused elsewhere. */
const open_objects: ReadonlySet<string> = new Set(['kubernetes.audit']);

/** Nested `properties` of a mapping. */
export function propertiesOf(fields: FieldTypes, profile: Profile): Properties {
  const root: Branch = new Map();
  for (const [name, type] of [...fields].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    insert(root, name, name.split('.'), fieldMapping(name, type, profile));
  }
  return toProperties(root);
}

type Branch = Map<string, Branch | FieldMapping>;

function insert(branch: Branch, name: string, path: readonly string[], mapping: FieldMapping): void {
  const [head = '', ...rest] = path;
  const child = branch.get(head);
  if (rest.length === 0) {
    if (child !== undefined) throw new TypeError(`${name} is a field and an object`);
    branch.set(head, mapping);
    return;
  }
  const next: Branch | FieldMapping = child ?? new Map();
  if (!(next instanceof Map)) throw new TypeError(`${name} lies under a field`);
  branch.set(head, next);
  insert(next, name, rest, mapping);
}

function toProperties(branch: Branch, prefix = ''): Properties {
  return Object.fromEntries(
    [...branch].map(([name, child]) => {
      if (!(child instanceof Map)) return [name, child];
      const path = `${prefix}${name}`;
      const properties = toProperties(child, `${path}.`);
      return [name, open_objects.has(path) ? { dynamic: false, properties } : { properties }];
    }),
  );
}

function fieldTypes(
  ...sources: readonly (FieldTypes | Readonly<Record<string, { readonly type: string }>>)[]
): FieldTypes {
  return new Map(
    sources.flatMap((source) =>
      source instanceof Map
        ? [...source]
        : Object.entries(source).map(([name, { type }]): [string, string] => [name, type]),
    ),
  );
}
