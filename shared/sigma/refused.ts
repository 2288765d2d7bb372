import { BreakwaterError } from '#shared/errors/error.ts';
import { type Problem, problemText } from './problem.ts';

/** Problems that the message of the error quotes. */
const quoted_problems_max = 20;

/** The error of a set of rules that cannot be used; the message holds the errors found. */
export function rulesRefused(problems: readonly Problem[]): BreakwaterError {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const quoted = errors.slice(0, quoted_problems_max).map(problemText).join('\n');
  return new BreakwaterError(
    'BW_RULES_REFUSED',
    `${errors.length} ${errors.length === 1 ? 'error' : 'errors'} in the rules:\n${quoted}`,
    {
      errors: errors.length,
    },
  );
}
