import { BreakwaterError } from '#shared/errors/error.ts';
import { parseCheckpointText } from '../verify/checkpoint.ts';
import { splitNote } from '../verify/note.ts';
import type { Head } from './head.ts';
import { compareSegments, listSegments, readSegment } from './segment.ts';
import { type Resource, TreeEdge } from './tree-edge.ts';

/**
 * Makes all tiles and bundles again from the segments, up to the head, and hands each to `write`; making them twice
 * gives the same bytes. Entries beyond the head were never promised to anyone and are left out.
 * @throws BW_LEDGER_CORRUPT when the bytes do not have the root that the head is bound to.
 */
export function rebuildEdge(folder: string, head: Head, write: (resource: Resource) => void): TreeEdge {
  let edge = new TreeEdge();
  let frames: Buffer = Buffer.alloc(0);
  for (const name of listSegments(folder).filter((each) => compareSegments(each, head.segment) <= 0)) {
    const segment = readSegment(folder, name, name === head.segment ? head.segment_bytes : undefined);
    const next = new TreeEdge(segment.levels);
    // An earlier segment counts up to where the next begins: what it has beyond that was never bound.
    for (const resource of edge.append(frames, next.size)) write(resource);
    edge = next;
    frames = segment.frames;
  }
  for (const resource of edge.append(frames)) write(resource);
  const root = Buffer.from(edge.root(), 'binary').toString('hex');
  if (edge.size === head.size && root === head.root) return edge;
  throw new BreakwaterError('BW_LEDGER_CORRUPT', 'The segments do not have the root that the head names', {
    head_size: head.size,
    segments_size: edge.size,
    head_root: head.root,
    segments_root: root,
  });
}

/**
 * @throws BW_LEDGER_CORRUPT when what was published is beyond the head: then the head is an old copy, and going on
 * from it would sign a second history.
 */
export function requireNotBehind(head: Head | undefined, published: Buffer | undefined): void {
  if (published === undefined) return;
  const { size, root } = parseCheckpointText(splitNote(published).text);
  if (head !== undefined && size < head.size) return;
  if (head !== undefined && size === head.size && root.toString('hex') === head.root) return;
  throw new BreakwaterError(
    'BW_LEDGER_CORRUPT',
    'The published checkpoint is not one that the head leads up to',
    {
      checkpoint_size: size,
      head_size: head?.size ?? 0,
    },
  );
}
