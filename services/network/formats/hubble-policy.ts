import type { Mark } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { integer, objects, text } from '#shared/event/read.ts';
import type { HubbleFlow } from './hubble-flow.ts';

/** A network policy that refuses a flow says little alone: misconfigured clients are refused all day. */
export function policyMark(flow: HubbleFlow): Mark | undefined {
  if (!isPolicyDrop(flow)) return undefined;
  const policy = deniedBy(flow.raw);
  return {
    rule: {
      id: 'hubble/policy-denied',
      title: policy === undefined ? 'Network policy denied a flow' : `Network policy ${policy} denied a flow`,
      level: 'low',
      origin: 'tool',
    },
  };
}

/** Whether a network policy decided that the flow is dropped. */
function isPolicyDrop(flow: HubbleFlow): boolean {
  if (flow.verdict !== 'DROPPED') return false;
  const { reason } = flow;
  if (reason !== undefined) return reason.startsWith('POLICY_DEN') || reason === 'AUTH_REQUIRED';
  const number = integer(flow.raw['drop_reason']);
  return number === 133 || number === 181 || flow.layer7 !== undefined;
}

/** The policy that refused the flow, `namespace/name`, where Hubble names it. */
export function deniedBy(raw: JsonObject): string | undefined {
  const policy = objects(raw['ingress_denied_by'])[0] ?? objects(raw['egress_denied_by'])[0];
  const name = text(policy?.['name']);
  const namespace = text(policy?.['namespace']);
  return name === undefined || namespace === undefined ? name : `${namespace}/${name}`;
}
