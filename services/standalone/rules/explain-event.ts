import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isJsonObject, type JsonObject, parseJson } from '#shared/event/json.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { explain } from '#shared/sigma/explain/explain.ts';
import { explanationText } from '#shared/sigma/explain/text.ts';
import { logsourceOf, originOf } from '#shared/sigma/logsource.ts';
import { nearest } from '#shared/sigma/rule/suggest.ts';
import type { CompiledRule, RuleSet } from '#shared/sigma/set/rule-set.ts';

export interface ExplainOptions {
  /** `event.id` of the event of the file; undefined: the first. */
  readonly eventId?: string | undefined;
  readonly json: boolean;
}

/**
 * Explains one rule, or all rules of one file, on an event of a file. An event that says which family and format it is
 * gets its log source; any other is taken to come from the rule's own.
 *
 * @throws BW_RULES_MISSING when there is no such rule, BW_REPLAY_INPUT when there is no such event.
 */
export async function explainOn(
  set: RuleSet,
  name: string,
  file: string,
  options: ExplainOptions,
): Promise<string> {
  const rules = rulesNamed(set, name);
  const event = await readEvent(file, options.eventId);
  const origin = originOf(event);
  const explanations = rules.map((compiled) =>
    explain(compiled, origin === undefined ? compiled.rule.logsource : logsourceOf(origin), event),
  );
  if (options.json)
    return JSON.stringify(explanations.length === 1 ? explanations[0] : explanations, undefined, 2);
  return explanations.map(explanationText).join('\n');
}

function rulesNamed(set: RuleSet, name: string): readonly CompiledRule[] {
  const found = set.rules.filter(
    ({ rule }) => rule.id === name || rule.name === name || rule.at.file.endsWith(name),
  );
  if (found.length > 0) return found;
  throw new BreakwaterError('BW_RULES_MISSING', noSuchRule(set, name));
}

function noSuchRule(set: RuleSet, name: string): string {
  const correlation = set.correlations.find(
    ({ id, name: known, at }) => id === name || known === name || at.file.endsWith(name),
  );
  if (correlation !== undefined) {
    const parts = correlation.rules.map(({ to }) => to).join(', ');
    return `${correlation.title} is a correlation: it looks at signals of ${parts}; explain one of those`;
  }
  const known = set.rules.flatMap(({ rule }) => [rule.id, rule.name ?? rule.id]);
  const meant = nearest(name, known);
  return `no rule has the id, name or file ${name}${meant === undefined ? '' : ` (try: ${meant})`}`;
}

async function readEvent(file: string, id: string | undefined): Promise<JsonObject> {
  if (file !== '-' && !existsSync(file))
    throw new BreakwaterError('BW_REPLAY_INPUT', `${file} does not exist`);
  const text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
  const event = id === undefined ? firstEvent(text, file) : eventWithId(text, id);
  if (event !== undefined) return event;
  const wanted = id === undefined ? 'no event: expected a JSON object' : `no event with the id ${id}`;
  throw new BreakwaterError('BW_REPLAY_INPUT', `${file} holds ${wanted}`);
}

function firstEvent(text: string, file: string): JsonObject | undefined {
  const whole = parseJson(text);
  const parsed = whole.kind === 'ok' ? whole : parseJson(text.split('\n', 1)[0] ?? '');
  if (parsed.kind === 'ok') return documentOf(parsed.value);
  throw new BreakwaterError('BW_REPLAY_INPUT', `${file}: ${parsed.detail}`);
}

function eventWithId(text: string, id: string): JsonObject | undefined {
  for (const line of text.split('\n')) {
    // Most lines need no parsing.
    if (!line.includes(id)) continue;
    const parsed = parseJson(line);
    const event = parsed.kind === 'ok' ? documentOf(parsed.value) : undefined;
    if (event !== undefined && isJsonObject(event['event']) && event['event']['id'] === id) return event;
  }
  return undefined;
}

type Parsed = Extract<ReturnType<typeof parseJson>, { kind: 'ok' }>['value'];

/** The event itself, also out of `{"document": …}`. */
function documentOf(value: Parsed): JsonObject | undefined {
  const event = isJsonObject(value) && isJsonObject(value['document']) ? value['document'] : value;
  return isJsonObject(event) ? event : undefined;
}
