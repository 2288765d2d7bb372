import { contextContract } from './contract.ts';
import { createMemoryContextStore } from './memory.ts';

contextContract({
  name: 'memory',
  open: createMemoryContextStore,
  property_runs: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 200),
});
