import { registerHooks } from 'node:module';

/**
 * Preloaded by the pipeline that is not audited: its services make no audit record and hash no batch for one, which they
 * otherwise would even for a trail that keeps none.
 */
const sources = new Map([
  [
    '/shared/service/batch-audit.ts',
    'export const batchEntry = () => undefined; export const gapEntry = () => undefined;',
  ],
  [
    '/shared/service/kafka-audit-trail.ts',
    'export const createAuditTrail = () => ({ record: () => Promise.resolve() });',
  ],
]);

registerHooks({
  load(url, context, nextLoad) {
    for (const [path, source] of sources) {
      if (url.endsWith(path)) return { format: 'module', source, shortCircuit: true };
    }
    return nextLoad(url, context);
  },
});
