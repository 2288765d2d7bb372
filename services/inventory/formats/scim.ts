import type { Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { personDraft, type Person } from './person.ts';

/** People from SCIM 2.0 (RFC 7643): users, and lists of them. Groups and patches name nobody that facts could join. */
export const scim: Format = { name: 'scim', family: 'inventory', recognises, normalise };

const prefix = 'urn:ietf:params:scim:';

function recognises(record: JsonValue): boolean {
  return isJsonObject(record) && texts(record['schemas'])?.[0]?.startsWith(prefix) === true;
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const listed = objects(record['Resources']);
  const people = (listed.length === 0 ? [record] : listed).filter(
    (user) => text(user['userName']) !== undefined,
  );
  if (people.length === 0) return { kind: 'drop', reason: 'scim.no_user' };
  return { kind: 'ok', drafts: people.map((user) => draftOf(readUser(user), context)) };
}

function draftOf(person: Person, context: RecordContext): ReturnType<typeof personDraft> {
  return personDraft(person, person.created_ns ?? context.arrival_ns);
}

function readUser(user: JsonObject): Person {
  const emails = objects(user['emails']).flatMap((email) => texts(email['value']) ?? []);
  const primary = objects(user['emails']).find((email) => email['primary'] === true);
  const external = text(user['externalId']);
  return {
    directory: 'scim',
    id: text(user['id']),
    // A bare employee number would meet other numbers.
    names: [
      ...(texts(user['userName']) ?? []),
      ...emails,
      ...(external?.includes('@') === true ? [external] : []),
    ],
    full_name: text(user['displayName']) ?? text(at(user, 'name', 'formatted')),
    email: text(primary?.['value']) ?? emails[0],
    created_ns: parseTime(at(user, 'meta', 'created')),
    changed_ns: parseTime(at(user, 'meta', 'lastModified')),
  };
}
