import { addressEntity } from '#shared/event/address.ts';
import { domainEntity } from '#shared/event/domain.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { object, objects, text, texts } from '#shared/event/read.ts';
import { urlFields } from '#shared/event/url.ts';

const webhookConfigurations: ReadonlySet<string> = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
]);

/** Hosts outside of the cluster that an object has it call: webhooks by URL, services that stand for another name or address. */
export function outsideHosts(resource: string | undefined, made: JsonObject | undefined): readonly Entity[] {
  if (made === undefined || resource === undefined) return [];
  if (webhookConfigurations.has(resource)) return objects(made['webhooks']).flatMap(hostOfWebhook);
  if (resource !== 'services') return [];
  const spec = object(made['spec']);
  return [text(spec?.['externalName']), ...(texts(spec?.['externalIPs']) ?? [])].flatMap(hostEntity);
}

function hostOfWebhook(webhook: JsonObject): readonly Entity[] {
  return hostEntity(urlFields(text(object(webhook['clientConfig'])?.['url']))?.domain);
}

/** Addresses on the inside are of things that have better names. */
function hostEntity(host: string | undefined): readonly Entity[] {
  const found = addressEntity(host) ?? domainEntity(host);
  return found?.startsWith('external:') === true ? [found] : [];
}
