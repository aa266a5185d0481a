import { Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { SubgraphRequest } from './subgraph-fetch.ts';

/** Texts of subgraph operations that are remembered, by subgraph, in bytes. */
const maxTextBytes = 4 * 1024 * 1024;
const queryText = /"query":("(?:[^"\\]|\\.)*")/;

/**
 * Names what a request asks of a subgraph: the fields at its root, and for entities the fields of their types, such as
 * `Product.inStock`; sorted, without aliases and arguments. Each text is parsed once.
 */
export function createFieldPaths(): (request: SubgraphRequest) => string {
  const byText = new LRUCache<string, string>({
    maxSize: maxTextBytes,
    sizeCalculation: (paths, head) => 200 + 2 * (head.length + paths.length),
  });
  return ({ body, fields }) => {
    // A quote inside a JSON string is escaped, so the key cannot stand in the text of the operation.
    const end = body.indexOf('"variables":');
    const head = end === -1 ? body : body.slice(0, end);
    let paths = byText.get(head);
    if (paths === undefined) byText.set(head, (paths = readPaths(head) ?? fields.join(' ')));
    return paths;
  };
}

function readPaths(head: string): string | undefined {
  const [, text] = queryText.exec(head) ?? [];
  if (text === undefined) return undefined;
  let document: DocumentNode;
  try {
    document = parse(JSON.parse(text) as string, { noLocation: true });
  } catch {
    // A data source may send what is no operation; its fields at the root are known all the same.
    return undefined;
  }
  const paths = new Set<string>();
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) collectRoot(node.selectionSet, paths);
  }
  return [...paths].toSorted().join(' ');
}

function collectRoot({ selections }: SelectionSetNode, paths: Set<string>): void {
  for (const selection of selections) {
    if (selection.kind !== Kind.FIELD) continue;
    if (selection.name.value !== '_entities') paths.add(selection.name.value);
    else if (selection.selectionSet) collectEntity(selection.selectionSet, '', paths);
  }
}

function collectEntity({ selections }: SelectionSetNode, type: string, paths: Set<string>): void {
  for (const selection of selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      collectEntity(selection.selectionSet, selection.typeCondition?.name.value ?? type, paths);
    } else if (selection.kind === Kind.FIELD && selection.name.value !== '__typename') {
      paths.add(`${type}.${selection.name.value}`);
    }
  }
}
