import { Kind } from 'graphql';
import type { SelectionSetNode } from 'graphql';
import { parseFieldSet } from './chains.ts';
import { topFields, type StepField } from './part-of-step.ts';
import type { FetchStep } from './plan.ts';
import type { SubgraphType } from './subgraph-types.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** What a subgraph must be told of an entity, read from its schema. Paths are dotted names, as in representations' data. */
export interface EntityNeeds {
  /** By type: keys by which it finds entities called so. Of one of them all paths must be told. */
  readonly keys: ReadonlyMap<string, readonly (readonly string[])[]>;
  /** Fields of the fetch that it computes from others (`@requires`). */
  readonly computed: readonly ComputedField[];
}

/** A field of an entity fetch that its subgraph computes from what it is told. */
export interface ComputedField extends StepField {
  readonly inputs: readonly string[];
}

/** What is known of types of subgraphs, and of fields computed from computed ones. */
export type EntityFacts = Pick<PlannerSupergraph, 'subgraphTypes' | 'chains'>;

/** Reads what an entity step's subgraph must be told. */
export function readEntityNeeds(step: FetchStep, facts: EntityFacts): EntityNeeds {
  const typeOf = (name: string) => facts.subgraphTypes.of(step.subgraph, name);
  const withMembers = (name: string): string[] => [name, ...(typeOf(name)?.members ?? [])];
  const fields = topFields(step);
  const types = new Set(fields.flatMap(({ on }) => (on === undefined ? [] : withMembers(on))));
  return {
    keys: new Map([...types].map((name) => [name, keysOf(typeOf(name))])),
    computed: fields.flatMap((field): ComputedField[] => {
      if (field.on === undefined) return [];
      return withMembers(field.on).flatMap((on) => {
        const inputs = inputsOf(step.subgraph, { on, fieldName: field.fieldName }, facts);
        return inputs.length > 0 ? [{ ...field, on, inputs }] : [];
      });
    }),
  };
}

function keysOf(type: SubgraphType | undefined): string[][] {
  const resolvable = type?.keys.filter(({ isResolvable }) => isResolvable) ?? [];
  return resolvable.map(({ fieldSet }) => pathsIn(fieldSet));
}

/** What a field of a subgraph's type is computed from; empty when it is not. */
function inputsOf(
  subgraph: string,
  { on, fieldName }: { readonly on: string; readonly fieldName: string },
  { subgraphTypes, chains }: EntityFacts,
): string[] {
  const chained = chains.fieldSetOf({ subgraph, on, fieldName });
  if (chained !== undefined) return pathsIn(chained);
  return (subgraphTypes.of(subgraph, on)?.requires.get(fieldName) ?? []).flatMap(pathsIn);
}

/** The leaves of a field set, as dotted paths. */
function pathsIn(fieldSet: string): string[] {
  return leavesOf(parseFieldSet(fieldSet), '');
}

function leavesOf(set: SelectionSetNode, above: string): string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) return leavesOf(selection.selectionSet, above);
    const path = `${above}${selection.name.value}`;
    return selection.selectionSet ? leavesOf(selection.selectionSet, `${path}.`) : [path];
  });
}
