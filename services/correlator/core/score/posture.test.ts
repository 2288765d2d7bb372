import { expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { shellSignal } from '../../testing/signal.ts';
import { postureOf } from './posture.ts';

function context(id: string): Signal {
  const rule = { id, title: '', level: 'low', origin: 'posture' } as const;
  return shellSignal('s1', 0, { family: 'scanner', class: 'context', rule });
}

it.each([
  ['posture/privileged', 'privileged'],
  ['posture/host-pid', 'privileged'],
  ['posture/host-root', 'privileged'],
  ['posture/host-path-sensitive', 'privileged'],
  ['posture/capability', 'privileged'],
  ['policy/disallow-capabilities-strict', 'privileged'],
  ['policy/require-drop-all-capabilities', undefined],
  ['policy/require-drop-net-raw-capabilities', undefined],
  ['posture/mutable-tag', undefined],
  ['policy/unsigned-image', 'untrusted_image'],
  ['policy/verify-image-signature', 'untrusted_image'],
  ['policy/public-service', 'exposed'],
  ['exploited:CVE-2026-0001', 'known_exploited'],
  ['finding:CVE-2026-0001', undefined],
] as const)('%s raises a score as %s', (id, name) => {
  expect(postureOf(context(id))).toBe(name);
});
