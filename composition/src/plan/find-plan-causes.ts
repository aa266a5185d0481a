import { Kind, parse, print, type ConstDirectiveNode } from 'graphql';
import type { PlannedFetch } from './list-fetches.ts';

/** For each type and field: which subgraphs have it and how (keys, requires, external), as text. */
export type Joins = Map<string, string[]>;

/** Reads who owns what from the join directives of supergraph SDL. */
export function readJoins(supergraphSdl: string): Joins {
  const joins: Joins = new Map();
  for (const node of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      continue;
    joins.set(node.name.value, describe(node.directives ?? [], 'join__type'));
    for (const field of node.fields ?? []) {
      joins.set(
        `${node.name.value}.${field.name.value}`,
        describe(field.directives ?? [], 'join__field'),
      );
    }
  }
  return joins;
}

function describe(directives: readonly ConstDirectiveNode[], name: string): string[] {
  return directives
    .filter((directive) => directive.name.value === name)
    .map((directive) => {
      const argument = (wanted: string): string | undefined => {
        const found = directive.arguments?.find((candidate) => candidate.name.value === wanted);
        return found && print(found.value);
      };
      const rest = ['key', 'requires', 'provides', 'external', 'override', 'overrideLabel'].flatMap(
        (key) => {
          const value = argument(key);
          return value === undefined ? [] : [`${key} ${value}`];
        },
      );
      return [(argument('graph') ?? 'every subgraph').toLowerCase(), ...rest].join(' ');
    });
}

/** What to explain. */
export interface PlanCauseInput {
  joins: { before: Joins; after: Joins };
  /** Coordinates that the operation uses. */
  used: Set<string>;
  before: PlannedFetch[];
  after: PlannedFetch[];
}

/** Names what changed under an operation: owners and keys of what it uses, and the requests that came on top. */
export function findPlanCauses({ joins, used, before, after }: PlanCauseInput): string[] {
  const causes = [...used].toSorted().flatMap((coordinate) => {
    const old = joins.before.get(coordinate);
    const now = joins.after.get(coordinate);
    if (!old || !now || old.join() === now.join()) return [];
    const gone = old.filter((text) => !now.includes(text));
    const come = now.filter((text) => !old.includes(text));
    const parts = [
      ...(gone.length > 0 ? [`no longer ${gone.join(', ')}`] : []),
      ...(come.length > 0 ? [`now ${come.join(', ')}`] : []),
    ];
    return parts.length > 0 ? [`${coordinate}: ${parts.join('; ')}`] : [];
  });
  const known = new Set(before.map(fetchKey));
  const added = after
    .filter((fetch) => !known.has(fetchKey(fetch)))
    .map((fetch) => `new request to ${fetchKey(fetch)}, wave ${fetch.wave}`);
  return [...causes, ...added];
}

function fetchKey({ subgraph, path, entities }: PlannedFetch): string {
  if (path === '') return subgraph;
  return `${subgraph} at ${path}${entities.length > 0 ? ` for ${entities.join(', ')}` : ''}`;
}
