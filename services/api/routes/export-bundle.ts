import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { bundleFolder } from '#shared/ledger/export/request.ts';
import { createBundleArchive } from '../archive/bundle-archive.ts';
import type { ApiDeps, ApiServer } from '../contract.ts';
import { bytesAnswer, errorAnswer, exportParams } from '../schemas.ts';

/**
 * `GET /v1/exports/<id>/bundle`: the bundle as a tar archive, streamed. `Range: bytes=<n>-` goes on with a download that
 * was interrupted. Who gets it is a leaf before the first byte.
 */
export function registerBundleRoute(server: ApiServer, { exports, data_folder }: ApiDeps): void {
  server.get(
    '/v1/exports/:id/bundle',
    {
      config: { permission: 'exports:read' },
      schema: {
        summary:
          'The bundle of an export, a tar archive; `Range: bytes=<n>-` goes on with an interrupted download.',
        params: exportParams,
        response: {
          200: bytesAnswer,
          206: bytesAnswer,
          404: errorAnswer,
          409: errorAnswer,
          416: errorAnswer,
        },
        security: [{ token: [] }],
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await exports.handOver(id, request.reader);
      const folder = bundleFolder(data_folder, id);
      const modified_s = Math.floor(statSync(join(folder, 'manifest.json')).mtimeMs / 1000);
      const archive = createBundleArchive(folder, `export-${id}`, modified_s);
      const start = startOf(request.headers.range);
      if (start > archive.bytes) {
        return reply
          .code(416)
          .header('content-range', `bytes */${archive.bytes}`)
          .send({ error: 'the archive is not that long' });
      }
      if (start > 0)
        reply.code(206).header('content-range', `bytes ${start}-${archive.bytes - 1}/${archive.bytes}`);
      reply.header('content-type', 'application/x-tar');
      reply.header('content-length', archive.bytes - start);
      reply.header('accept-ranges', 'bytes');
      reply.header('content-disposition', `attachment; filename="export-${id}.tar"`);
      return reply.send(Readable.from(archive.read(start)));
    },
  );
}

/** Any other range than one to the end may be answered with the whole. */
function startOf(range: string | undefined): number {
  const [, first = '0'] = /^bytes=(\d{1,15})-$/.exec(range ?? '') ?? [];
  return Number(first);
}
