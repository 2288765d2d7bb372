import { describeCheck, runChecks, tidyCheck } from './checks.ts';

/** `make check`: everything that can be said about the source without running the product. */
const results = await runChecks([tidyCheck], (result) => process.stdout.write(describeCheck(result)));
process.exitCode = results.every((result) => result.ok) ? 0 : 1;
