import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '#shared/event/json.ts';

/**
 * The events of one SigmaHQ regression case: Windows events as JSON, made flat as its own runner does it. Attributes of
 * `System.X` become `X_Name`; the data keep their names.
 */
export function regressionEvents(folder: string): readonly JsonObject[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => documentsOf(readFileSync(join(folder, name), 'utf8')))
    .map(flattened);
}

/** One object, a list of objects, or objects one after the other. */
function documentsOf(text: string): readonly JsonObject[] {
  const whole = parseJson(text);
  const value = whole.kind === 'ok' ? whole.value : listOf(text);
  return (Array.isArray(value) ? value : [value]).filter((item) => isJsonObject(item));
}

function listOf(text: string): JsonValue {
  const list = parseJson(`[${text.replaceAll(/^\}\s*^\{/gm, '},{')}]`);
  return list.kind === 'ok' ? list.value : null;
}

function flattened(event: JsonObject): JsonObject {
  const root = objectAt(event, 'Event');
  const fields: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(objectAt(root, 'System'))) {
    if (!isJsonObject(value)) fields[name] = value;
    else {
      for (const [attribute, inner] of Object.entries(objectAt(value, '#attributes')))
        fields[`${name}_${attribute}`] = inner;
      if (value['#text'] !== undefined) fields[name] = value['#text'];
    }
  }
  const [userData] = Object.values(objectAt(root, 'UserData')).filter((value) => isJsonObject(value));
  return { ...fields, ...objectAt(root, 'EventData'), ...userData };
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}
