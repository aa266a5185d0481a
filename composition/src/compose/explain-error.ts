import type { GraphQLError } from 'graphql';
import { print } from 'graphql';
import { operationToDocument, type Operation } from '@apollo/federation-internals';
import type { Place, Problem } from '../report/problem.ts';
import { findDefinitions, linkDirectives } from './find-definitions.ts';
import { placeOfNode, type LocatedNode } from './locate.ts';
import type { ParsedSubgraph } from './parse-subgraph.ts';

/** Turns an error of composition into a problem: code, owning subgraphs, places in their files, the failing operation. */
export function explainError(error: GraphQLError, subgraphs: ParsedSubgraph[]): Problem {
  const { code } = error.extensions as { code?: unknown };
  const operation = failingOperation(error);
  const named = subgraphs.filter(({ name }) => isNamedIn(error.message, name));
  const places = placesOf((error.nodes ?? []) as LocatedNode[], error.message, subgraphs);
  const owners = new Set([
    ...places.flatMap(({ subgraph }) => (subgraph === undefined ? [] : [subgraph])),
    ...named.map(({ name }) => name),
  ]);
  const problem: Problem = {
    code: typeof code === 'string' ? code : 'INVALID_GRAPHQL',
    severity: 'error',
    message: error.message,
    subgraphs: [...owners].toSorted(),
    places,
  };
  const coordinate = firstCoordinate(error.message);
  if (coordinate !== undefined) problem.coordinate = coordinate;
  if (operation !== undefined) problem.operation = operation;
  return problem;
}

/**
 * Places of the nodes; nodes that stand in no file (composition rewrites Federation 1 schemas) and errors
 * without nodes fall back on the schema coordinates that the message quotes.
 */
export function placesOf(
  nodes: readonly LocatedNode[],
  message: string,
  subgraphs: ParsedSubgraph[],
): Place[] {
  const origins = new Set(subgraphs.map(({ origin }) => origin));
  const places = nodes.flatMap((node) => placeOfNode(node, origins) ?? []);
  for (const place of places) {
    place.subgraph ??= subgraphs.find(({ origin }) => origin === place.origin)?.name ?? '';
  }
  if (places.length > 0) return withoutDoubles(places);
  const named = subgraphs.filter(({ name }) => isNamedIn(message, name));
  // A coordinate may stand only in a subgraph the message does not name: then there.
  const searched = [named.length > 0 ? named : subgraphs, subgraphs];
  const found = searched.flatMap((list) =>
    coordinatesIn(message).map((coordinate) => findDefinitions(coordinate, list)),
  );
  const links = /link|import|version/i.test(message) ? findLinks(named, origins) : [];
  return withoutDoubles([...found, links].find((list) => list.length > 0) ?? []);
}

function findLinks(subgraphs: ParsedSubgraph[], origins: ReadonlySet<string>): Place[] {
  return subgraphs.flatMap((subgraph) =>
    linkDirectives(subgraph).flatMap((node) => {
      const place = placeOfNode(node, origins);
      return place ? [{ ...place, subgraph: subgraph.name }] : [];
    }),
  );
}

function withoutDoubles(places: Place[]): Place[] {
  const seen = new Set<string>();
  return places.filter(({ origin, line, column }) => {
    const key = `${origin}:${line}:${column}`;
    return !seen.has(key) && seen.add(key);
  });
}

function isNamedIn(message: string, name: string): boolean {
  return message.startsWith(`[${name}] `) || message.includes(`"${name}"`);
}

/** Coordinates such as `Product.price` that a message quotes, in its order. */
function coordinatesIn(message: string): string[] {
  const quoted = message.matchAll(/["`](@?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?(?:\(\w+:\))?)["`]/g);
  const named = message.matchAll(/\btype (\w+):/gi);
  return [...new Set([...quoted, ...named].map(([, coordinate = '']) => coordinate))];
}

function firstCoordinate(message: string): string | undefined {
  return coordinatesIn(message).find((coordinate) => coordinate.includes('.'));
}

/** Satisfiability errors carry the operation that no subgraph path can answer. */
function failingOperation(error: GraphQLError): string | undefined {
  const witness = (error.originalError as { witness?: Operation } | undefined)?.witness;
  return witness === undefined ? undefined : print(operationToDocument(witness));
}
