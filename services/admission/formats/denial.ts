/** A policy engine's refusal, read from the message that the API server passes on. */
export interface PolicyDenial {
  readonly engine:
    | 'kyverno'
    | 'gatekeeper'
    | 'sigstore'
    | 'kubewarden'
    | 'pod-security'
    | 'admission-policy'
    | 'webhook';
  /** Policy or constraint; the webhook's name when the engine is not known. */
  readonly policy: string;
  readonly reason: string;
}

const webhookDenial = /^admission webhook "([^"]{1,253})" denied the request(?:: |\.)?/;
const policyDenial = /^ValidatingAdmissionPolicy '([^']{1,253})' with binding '[^']{0,253}' denied request: /;
const podSecurity = /violates PodSecurity "([^"]{1,100})": /;

/** Characters of a reason. */
const reason_length_max = 300;

/**
 * Reads why a request was refused by policy: by a webhook (Kyverno, Gatekeeper, Sigstore, Kubewarden, others), by a
 * ValidatingAdmissionPolicy or by Pod Security admission. Undefined when it was not, such as for missing rights.
 */
export function readPolicyDenial(message: string | undefined): PolicyDenial | undefined {
  if (message === undefined || message.length > 65_536) return undefined;
  const webhook = webhookDenial.exec(message);
  if (webhook !== null) return webhookReason(webhook[1] ?? '', message.slice(webhook[0].length).trim());
  const policy = policyDenial.exec(message);
  if (policy !== null) {
    return denial('admission-policy', policy[1] ?? 'unnamed', message.slice(policy[0].length));
  }
  const level = podSecurity.exec(message);
  if (level !== null) {
    return denial('pod-security', level[1] ?? 'unknown', message.slice(level.index + level[0].length));
  }
  return undefined;
}

/** The same from the message of a webhook's own response, which lacks the API server's prefix. */
export function readWebhookMessage(message: string | undefined): PolicyDenial {
  return readPolicyDenial(message) ?? webhookReason('', (message ?? '').slice(0, 65_536).trim());
}

function webhookReason(webhook: string, text: string): PolicyDenial {
  const constraint = /^\[([^\]\s]{1,253})\] /.exec(text);
  if (webhook.includes('gatekeeper') || (webhook === '' && constraint !== null)) {
    return denial('gatekeeper', constraint?.[1] ?? webhook, text.slice(constraint?.[0].length ?? 0));
  }
  const signature = /failed policy: ([^:\s]{1,253}):/.exec(text);
  if (webhook.includes('sigstore') || signature !== null) {
    return denial('sigstore', signature?.[1] ?? webhook, text);
  }
  const blocked = /was blocked due to the following policies\s{0,8}([^\s:]{1,253}):\s*/.exec(text);
  if (webhook.includes('kyverno') || blocked !== null) {
    const detail = blocked === null ? text : text.slice(blocked.index + blocked[0].length);
    return denial('kyverno', blocked?.[1] ?? (webhook === '' ? 'unnamed' : webhook), detail);
  }
  if (webhook.includes('kubewarden'))
    return denial('kubewarden', webhook.replace(/\.kubewarden.*$/, ''), text);
  return denial('webhook', webhook === '' ? 'unnamed' : webhook, text);
}

function denial(engine: PolicyDenial['engine'], policy: string, text: string): PolicyDenial {
  const reason = text.replace(/\s+/g, ' ').trim().slice(0, reason_length_max);
  return { engine, policy, reason };
}

/** Words of policies whose violation would have given power over a node, or run what nobody signed. */
const serious =
  /privileg|host[-_ ]?(?:path|pid|ipc|network|namespace|process)|capabilit|escalat|signature|signed|verif(?:y|ied)|attest/i;

/** A refusal means that the policy worked: low, unless what was tried is how attackers break out. */
export function denialLevel({ engine, policy, reason }: PolicyDenial): 'low' | 'medium' {
  return engine === 'sigstore' || serious.test(policy) || serious.test(reason) ? 'medium' : 'low';
}
