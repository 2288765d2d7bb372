import type { BulkReply } from './reply.ts';

/** Sends one bulk request, once. */
export interface BulkTransport {
  /** Never throws for anything that the server or the network did: that is a reply. */
  send(body: Buffer): Promise<BulkReply>;
}
