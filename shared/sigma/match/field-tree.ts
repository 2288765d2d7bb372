import { event_depth_max, unknown_keys_max } from '../limits.ts';
import { isRecord, isScalar, type JsonRecord, type Scalar } from './value.ts';

/** Receives the values of fields; fields are numbers. */
export interface FieldVisitor {
  /** Once for each place where the field is, before its values. */
  present(field: number): void;
  value(field: number, value: Scalar): void;
}

/** Walks a document along the names that rules use, and nowhere else. */
export type FieldWalker = (document: object) => void;

/** What a key leads to: a field, a deeper place, or both. */
interface Edge {
  field: number;
  node: Node | undefined;
}

interface Node {
  readonly edges: Map<string, Edge>;
  /** Keys seen in events that no rule wants, and keys with spaces; bounded. */
  readonly others: Map<string, Edge | undefined>;
}

const noField = -1;

/**
 * Makes the walker of some dotted names. The dots of a name may be nesting or part of keys: each split of a name is a
 * path of the tree, so that one look-up per key of the event finds all of them.
 */
export function createFieldWalker(names: readonly string[], visitor: FieldVisitor): FieldWalker {
  const root = createNode();
  for (const [field, name] of names.entries()) addPaths(root, name, field);
  return (document) => {
    if (isRecord(document)) walkObject(document, root, visitor, 0);
  };
}

function createNode(): Node {
  return { edges: new Map(), others: new Map() };
}

function addPaths(node: Node, path: string, field: number): void {
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const edge = edgeAt(node, path.slice(0, dot));
    edge.node ??= createNode();
    addPaths(edge.node, path.slice(dot + 1), field);
  }
  edgeAt(node, path).field = field;
}

function edgeAt(node: Node, key: string): Edge {
  let edge = node.edges.get(key);
  if (edge === undefined) node.edges.set(key, (edge = { field: noField, node: undefined }));
  return edge;
}

function walkObject(object: JsonRecord, node: Node, visitor: FieldVisitor, depth: number): void {
  for (const key in object) {
    const edge = node.edges.get(key) ?? otherEdge(node, key);
    if (edge !== undefined) walkEdge(object[key], edge, visitor, depth + 1);
  }
}

/** Keys with spaces lead where they lead without. */
function otherEdge(node: Node, key: string): Edge | undefined {
  if (node.others.has(key)) return node.others.get(key);
  const edge = key.includes(' ') ? node.edges.get(key.replaceAll(' ', '')) : undefined;
  if (node.others.size < unknown_keys_max) node.others.set(key, edge);
  return edge;
}

function walkEdge(value: unknown, edge: Edge, visitor: FieldVisitor, depth: number): void {
  if (value === undefined) return;
  if (edge.field !== noField) {
    visitor.present(edge.field);
    collect(value, edge.field, visitor, depth);
  }
  if (edge.node !== undefined) descend(value, edge.node, visitor, depth);
}

function descend(value: unknown, node: Node, visitor: FieldVisitor, depth: number): void {
  if (depth > event_depth_max) return;
  if (isRecord(value)) walkObject(value, node, visitor, depth);
  else if (Array.isArray(value)) for (const element of value) descend(element, node, visitor, depth + 1);
}

function collect(value: unknown, field: number, visitor: FieldVisitor, depth: number): void {
  if (Array.isArray(value)) {
    if (depth > event_depth_max) return;
    for (const element of value) collect(element, field, visitor, depth + 1);
  } else if (isScalar(value)) visitor.value(field, value);
}
