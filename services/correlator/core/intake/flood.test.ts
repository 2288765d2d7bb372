import { expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { shellSignal } from '../../testing/signal.ts';
import { defaultParameters } from '../parameters.ts';
import { floodKey } from './flood.ts';

function keyOf(dataset: string, given: Partial<Signal> = {}): string {
  const signal = shellSignal('one', 0, { first_only: true, ...given });
  return floodKey({ ...signal, event: { ...signal.event, dataset } }, defaultParameters);
}

it('tells first contacts apart by who talks to whom, whatever tool says so', () => {
  const names = { actors: ['pod:web'], targets: ['pod:db'] };
  expect(keyOf('hubble', names)).toBe(keyOf('zeek', names));
  expect(keyOf('hubble', names)).not.toBe(keyOf('hubble', { ...names, targets: ['pod:cache'] }));
});

it('tells those that name nobody apart by the tool', () => {
  expect(keyOf('hubble')).not.toBe(keyOf('zeek'));
});
