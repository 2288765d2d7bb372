import { event_depth_max, unknown_keys_max } from '../limits.ts';
import type { EventField } from './event-field.ts';
import { isRecord, isScalar, type JsonRecord } from './value.ts';

/** Fills fields from a document: walks along the names that rules use, and nowhere else. */
export type FieldWalker = (document: object) => void;

/** What a key leads to: a field, a deeper place, or both. */
interface Edge {
  field: EventField | undefined;
  node: Node | undefined;
}

interface Node {
  /** By key; null: a key of events that no rule wants. */
  readonly edges: Map<string, Edge | null>;
  /** Keys of events may still be entered. */
  room: number;
}

/**
 * Makes the walker of some fields. The dots of a name may be nesting or part of keys: each split of a name is a path of
 * the tree, so that one look-up per key of the event finds all of them.
 */
export function createFieldWalker(fields: readonly EventField[]): FieldWalker {
  const root = createNode();
  for (const field of fields) addPaths(root, field.name, field);
  return (document) => {
    if (isRecord(document)) walkObject(document, root, 0);
  };
}

function createNode(): Node {
  return { edges: new Map(), room: unknown_keys_max };
}

function addPaths(node: Node, path: string, field: EventField): void {
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const edge = edgeAt(node, path.slice(0, dot));
    edge.node ??= createNode();
    addPaths(edge.node, path.slice(dot + 1), field);
  }
  edgeAt(node, path).field = field;
}

function edgeAt(node: Node, key: string): Edge {
  const known = node.edges.get(key);
  if (known !== undefined && known !== null) return known;
  const edge: Edge = { field: undefined, node: undefined };
  node.edges.set(key, edge);
  return edge;
}

function walkObject(object: JsonRecord, node: Node, depth: number): void {
  for (const key in object) {
    let edge = node.edges.get(key);
    if (edge === undefined) edge = newEdge(node, key);
    if (edge !== null) walkEdge(object[key], edge, depth + 1);
  }
}

/** Keys with spaces lead where they lead without. */
function newEdge(node: Node, key: string): Edge | null {
  const edge = (key.includes(' ') ? node.edges.get(key.replaceAll(' ', '')) : undefined) ?? null;
  if (node.room > 0) {
    node.room -= 1;
    node.edges.set(key, edge);
  }
  return edge;
}

function walkEdge(value: unknown, edge: Edge, depth: number): void {
  if (value === undefined) return;
  if (edge.field !== undefined) {
    edge.field.see();
    collect(value, edge.field, depth);
  }
  if (edge.node !== undefined) descend(value, edge.node, depth);
}

function descend(value: unknown, node: Node, depth: number): void {
  if (depth > event_depth_max) return;
  if (isRecord(value)) walkObject(value, node, depth);
  else if (Array.isArray(value)) for (const element of value) descend(element, node, depth + 1);
}

function collect(value: unknown, field: EventField, depth: number): void {
  if (isScalar(value)) field.add(value);
  else if (Array.isArray(value)) {
    if (depth > event_depth_max) return;
    for (const element of value) collect(element, field, depth + 1);
  }
}
