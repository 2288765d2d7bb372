/**
 * Prints the index templates, for review and for clusters whose templates are managed by hand:
 *
 *     node shared/search/templates/render.ts --profile core|full [--namespace breakwater]
 */
import { parseArgs } from 'node:util';
import { profiles } from './profile.ts';
import { defaultRetention, renderTemplates } from './templates.ts';

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: 'full' },
    namespace: { type: 'string', default: 'breakwater' },
  },
});
const profile = profiles.find((name) => name === values.profile);
if (profile === undefined) throw new TypeError(`--profile is one of: ${profiles.join(', ')}`);
const templates = renderTemplates({
  profile,
  namespace: values.namespace,
  dynamic: false,
  ...defaultRetention,
});
const byName = Object.fromEntries(templates.map(({ name, body }) => [name, body]));
process.stdout.write(`${JSON.stringify(byName, null, 2)}\n`);
