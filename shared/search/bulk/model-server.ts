import type { BulkReply } from './reply.ts';

interface Stored {
  readonly version: bigint | undefined;
  readonly document: string | undefined;
}

/**
 * A search engine in miniature for tests: bulk requests in, ids and versions kept as Elasticsearch keeps them. A
 * document that contains `poison` is refused, unless it is in its safe form.
 */
export class ModelServer {
  readonly stored = new Map<string, Stored>();

  apply(body: Buffer): BulkReply {
    const lines = body.toString().split('\n');
    const items: object[] = [];
    for (let at = 0; at < lines.length - 1; at += 1) {
      const [operation, target] = readAction(lines[at] ?? '');
      const document = operation === 'delete' ? undefined : lines[(at += 1)];
      items.push({ [operation]: this.#write(operation, target, document) });
    }
    return { kind: 'answered', status: 200, body: { items } };
  }

  #write(
    operation: string,
    target: { id: string; version: bigint | undefined },
    document: string | undefined,
  ): object {
    const found = this.stored.get(target.id);
    const conflict =
      operation === 'create'
        ? found !== undefined
        : found?.version !== undefined && target.version !== undefined && target.version <= found.version;
    if (document?.includes('poison') === true) return failed(400, 'document_parsing_exception');
    if (conflict) return failed(409, 'version_conflict_engine_exception');
    this.stored.set(target.id, { version: target.version, document });
    return { status: 201 };
  }
}

export function failed(status: number, type: string): object {
  return { status, error: { type, reason: '' } };
}

function readAction(line: string): [operation: string, target: { id: string; version: bigint | undefined }] {
  const [, operation, id, version] =
    /^\{"(\w+)":\{.*?"_id":"([^"]*)"(?:.*?"version":(\d+))?/.exec(line) ?? [];
  if (operation === undefined || id === undefined) throw new TypeError(`not an action line: ${line}`);
  return [operation, { id, version: version === undefined ? undefined : BigInt(version) }];
}
