import type { Format } from '#shared/event/format.ts';
import { boundary } from './boundary.ts';
import { calico } from './calico.ts';
import { cloudflare } from './cloudflare.ts';
import { envoy } from './envoy.ts';
import { hubble } from './hubble.ts';
import { netskope } from './netskope.ts';
import { paloalto } from './paloalto.ts';
import { suricata } from './suricata.ts';
import { vpcflow } from './vpcflow.ts';
import { zeek } from './zeek.ts';
import { zpa } from './zpa.ts';
import { ztunnel } from './ztunnel.ts';

/** The network and access tools that are understood, the most talkative first: each record is offered to them in this order. */
export const networkFormats: readonly Format[] = [
  hubble,
  suricata,
  zeek,
  envoy,
  ztunnel,
  calico,
  vpcflow,
  zpa,
  cloudflare,
  netskope,
  paloalto,
  boundary,
];
