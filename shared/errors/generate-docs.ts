import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorDefinition, errorCodes } from './codes.ts';

export const errorsPage = join(import.meta.dirname, '../../docs/errors.md');

const introduction = `<!-- Generated from shared/errors/codes.ts by \`make generate\`. Do not edit. -->

# Errors

Every error that Breakwater knows has a code that never changes its meaning. Logs, metrics, answers of the API and
dead-letter records carry it. *Retriable* says whether the same thing may succeed later without anyone acting; services
then retry by themselves, within bounds. An error without a code is a defect: the process stops and its supervisor
starts it anew.
`;

/** The page of all codes, in the order of the list. */
export function renderErrorsPage(): string {
  const entries = Object.entries<ErrorDefinition>(errorCodes).map(
    ([code, { retriable, meaning, action }]) =>
      `## ${code}\n\n${meaning}\n\n- Retriable: ${retriable ? 'yes' : 'no'}\n- What to do: ${action}\n`,
  );
  return [introduction, ...entries].join('\n');
}

if (import.meta.main) writeFileSync(errorsPage, renderErrorsPage());
