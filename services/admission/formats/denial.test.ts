import { describe, expect, test } from 'vitest';
import { denialLevel, readPolicyDenial, readWebhookMessage } from './denial.ts';

describe('refusals by policy', () => {
  test.each([
    [
      'admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Pod/staging/x was blocked due to the following policies \n\ndisallow-latest-tag:\n  validate: \'no latest\'\n',
      'kyverno',
      'disallow-latest-tag',
      'low',
    ],
    [
      'admission webhook "validation.gatekeeper.sh" denied the request: [psp-host-namespace] Sharing the host namespace is not allowed: debug',
      'gatekeeper',
      'psp-host-namespace',
      'medium',
    ],
    [
      'admission webhook "validation.gatekeeper.sh" denied the request: [must-have-owner] you must provide labels',
      'gatekeeper',
      'must-have-owner',
      'low',
    ],
    [
      'admission webhook "policy.sigstore.dev" denied the request: validation failed: failed policy: signed-by-ci: spec.containers[0].image ghcr.io/x@sha256:0 no matching signatures',
      'sigstore',
      'signed-by-ci',
      'medium',
    ],
    [
      'admission webhook "clusterwide-pod-privileged.kubewarden.admission" denied the request: Privileged container is not allowed',
      'kubewarden',
      'clusterwide-pod-privileged',
      'medium',
    ],
    [
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged (container "c" must not set securityContext.privileged=true)',
      'pod-security',
      'restricted:latest',
      'medium',
    ],
    [
      "ValidatingAdmissionPolicy 'replica-limit' with binding 'all' denied request: too many replicas",
      'admission-policy',
      'replica-limit',
      'low',
    ],
    [
      'admission webhook "quota.acme.example" denied the request: over quota',
      'webhook',
      'quota.acme.example',
      'low',
    ],
    ['admission webhook "quota.acme.example" denied the request.', 'webhook', 'quota.acme.example', 'low'],
  ])('%s', (message, engine, policy, level) => {
    const denial = readPolicyDenial(message);
    expect(denial).toMatchObject({ engine, policy });
    expect(denial === undefined ? undefined : denialLevel(denial)).toBe(level);
  });

  test.each([
    undefined,
    '',
    'secrets is forbidden: User "alice" cannot list resource "secrets" in API group ""',
    'Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": timeout',
  ])('%s is none', (message) => {
    expect(readPolicyDenial(message)).toBeUndefined();
  });

  test("a webhook's own answer lacks the prefix", () => {
    expect(readWebhookMessage('[must-have-owner] you must provide labels')).toMatchObject({
      engine: 'gatekeeper',
      policy: 'must-have-owner',
    });
    expect(readWebhookMessage(undefined)).toEqual({ engine: 'webhook', policy: 'unnamed', reason: '' });
  });
});
