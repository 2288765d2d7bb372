import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { composeFile } from './compose.ts';

export const composeYaml = join(import.meta.dirname, '../compose.yaml');

const introduction = `# Generated from infra/compose by \`make generate\`. Do not edit.
#
#   export BREAKWATER_GATEWAY_TOKENS=default=$(openssl rand -hex 16) BREAKWATER_API_TOKENS=me=$(openssl rand -hex 16)
#   docker compose -f infra/compose.yaml up --build --wait
#
# Kibana is then at http://localhost:5601, the API at http://localhost:8080, the gateway at http://localhost:8090.
# The servers have no passwords and listen on this computer only: for trying Breakwater, not for keeping evidence.
`;

/** The whole compose file as text. */
export function renderCompose(): string {
  return `${introduction}${stringify(composeFile(), { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

if (import.meta.main) writeFileSync(composeYaml, renderCompose());
