import { readFileSync } from 'node:fs';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { ConfigOf, Setting, Settings } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads all settings from the environment.
 * @throws BW_CONFIG_INVALID naming every problem at once, one a line.
 */
export function readConfig<Declared extends Settings>(
  settings: Declared,
  environment: Environment,
): ConfigOf<Declared> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const parsed = setting.schema.safeParse(textOf(setting, environment, problems));
    if (parsed.success) values[name] = parsed.data;
    else
      problems.push(`${setting.variable}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
  }
  if (problems.length > 0) {
    throw new BreakwaterError('BW_CONFIG_INVALID', problems.join('\n'), { problems: problems.length });
  }
  return complete(settings, values);
}

function textOf(setting: Setting<unknown>, environment: Environment, problems: string[]): string | undefined {
  const direct = environment[setting.variable];
  if (direct !== undefined && direct !== '') return direct;
  const file = setting.secret === true ? environment[`${setting.variable}_FILE`] : undefined;
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch (error) {
    problems.push(`${setting.variable}_FILE: cannot read ${file}: ${String(error)}`);
    return undefined;
  }
}

/** Every declared name has been read by now; this is where the record of values gets its type. */
function complete<Declared extends Settings>(
  settings: Declared,
  values: Record<string, unknown>,
): ConfigOf<Declared> {
  if (!hasAll(settings, values)) throw new TypeError('a setting was not read');
  return values;
}

function hasAll<Declared extends Settings>(
  settings: Declared,
  values: Record<string, unknown>,
): values is ConfigOf<Declared> & Record<string, unknown> {
  return Object.keys(settings).every((name) => name in values);
}
