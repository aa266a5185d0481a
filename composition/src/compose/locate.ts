import { getLocation, type ASTNode, type Location, type Source } from 'graphql';
import type { Place } from '../report/problem.ts';

/** A node of a subgraph's document, as composition attaches it to errors and hints. */
export type LocatedNode = ASTNode & { subgraph?: string | undefined };

/** The place of a node, or undefined when the node was made by a tool and stands in no file. */
export function placeOfNode(node: LocatedNode, origins: ReadonlySet<string>): Place | undefined {
  const location = markedLocation(node);
  if (!location || !origins.has(location.source.name)) return undefined;
  const start = getLocation(location.source, location.start);
  const place: Place = {
    origin: location.source.name,
    ...start,
    endLine: getLocation(location.source, location.end).line,
    excerpt: lineOf(location.source, start.line),
  };
  if (node.subgraph !== undefined) place.subgraph = node.subgraph;
  return place;
}

/** The name of a definition says more than its start, which is its description. */
function markedLocation(node: LocatedNode): Location | undefined {
  const isDescribed = 'description' in node && node.description !== undefined;
  if (isDescribed && 'name' in node && node.name?.loc) return node.name.loc;
  return node.loc;
}

/** The text of a line (1-based). */
export function lineOf(source: Source, line: number): string {
  return source.body.split(/\r\n|[\n\r]/)[line - 1] ?? '';
}
