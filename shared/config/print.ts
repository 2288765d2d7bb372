import type { Settings } from './setting.ts';

/** The effective configuration as `VARIABLE=value` lines; secrets are redacted. */
export function printConfig(settings: Settings, config: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([name, setting]) => `${setting.variable}=${shown(config[name], setting.secret === true)}`)
    .join('\n');
}

/** What `--help` says of the settings. */
export function describeSettings(settings: Settings): string {
  const all = Object.values(settings);
  const width = Math.max(...all.map((setting) => setting.variable.length));
  return all.map((setting) => `  ${setting.variable.padEnd(width)}  ${setting.description}`).join('\n');
}

function shown(value: unknown, secret: boolean): string {
  if (value === undefined) return '';
  if (secret) return '[redacted]';
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
