import { readFile } from 'node:fs/promises';
import { isJsonObject, type JsonObject, parseJson } from '#shared/event/json.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { explain } from '#shared/sigma/explain/explain.ts';
import { explanationText } from '#shared/sigma/explain/text.ts';
import { logsourceOf, originOf } from '#shared/sigma/logsource.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { CompiledRule, RuleSet } from '#shared/sigma/set/rule-set.ts';

/**
 * Explains one rule, or all rules of one file, on the first event of a file. An event that says which family and format
 * it is gets its log source; any other is taken to come from the rule's own.
 *
 * @throws BreakwaterError when there is no such rule or no event.
 */
export async function explainOn(
  name: string,
  file: string,
  options: { readonly rules: string; readonly json: boolean },
): Promise<string> {
  const result = await loadRuleSet(options.rules);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  const rules = rulesNamed(result.set, name);
  const event = await readEvent(file);
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
  throw new BreakwaterError('BW_CONFIG_INVALID', `no rule has the id, name or file ${name}`);
}

async function readEvent(file: string): Promise<JsonObject> {
  const text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
  const whole = parseJson(text);
  const parsed = whole.kind === 'ok' ? whole : parseJson(text.split('\n', 1)[0] ?? '');
  if (parsed.kind !== 'ok') throw new BreakwaterError('BW_CONFIG_INVALID', `${file}: ${parsed.detail}`);
  const { value } = parsed;
  const event = isJsonObject(value) && isJsonObject(value.document) ? value.document : value;
  if (isJsonObject(event)) return event;
  throw new BreakwaterError('BW_CONFIG_INVALID', `${file} holds no event: expected a JSON object`);
}
