import { Kind } from 'graphql';
import type { SelectionSetNode } from 'graphql';
import { parseFieldSet } from './chains.ts';
import { topFields, type StepField } from './part-of-step.ts';
import type { FetchStep } from './plan.ts';
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

type Schema = NonNullable<
  ReturnType<ReturnType<PlannerSupergraph['supergraph']['subgraphs']>['get']>
>['schema'];

/** Reads what an entity step's subgraph must be told from the planner's supergraph. */
export function readEntityNeeds(step: FetchStep, planned: PlannerSupergraph): EntityNeeds {
  const schema = planned.supergraph.subgraphs().get(step.subgraph)?.schema;
  if (!schema) return { keys: new Map(), computed: [] };
  const fields = topFields(step);
  const types = new Set(
    fields.flatMap(({ on }) => (on === undefined ? [] : withMembers(schema, on))),
  );
  return {
    keys: new Map([...types].map((name) => [name, keysOf(schema, name)])),
    computed: fields.flatMap((field): ComputedField[] => {
      if (field.on === undefined) return [];
      return withMembers(schema, field.on).flatMap((on) => {
        const inputs = inputsOf(step.subgraph, { on, fieldName: field.fieldName }, planned);
        return inputs.length > 0 ? [{ ...field, on, inputs }] : [];
      });
    }),
  };
}

/** A type of a subgraph and, of an interface, the types it may be there. */
function withMembers(schema: Schema, name: string): string[] {
  const type = schema.type(name);
  if (type?.kind !== 'InterfaceType') return [name];
  return [name, ...type.possibleRuntimeTypes().map((each) => each.name)];
}

function keysOf(schema: Schema, name: string): string[][] {
  const type = schema.type(name);
  if (type?.kind !== 'ObjectType' && type?.kind !== 'InterfaceType') return [];
  return fieldSetsOf(type.appliedDirectives, 'key').map(pathsIn);
}

/** What a field of a subgraph's type is computed from; empty when it is not. */
export function inputsOf(
  subgraph: string,
  { on, fieldName }: { readonly on: string; readonly fieldName: string },
  { supergraph, chains }: PlannerSupergraph,
): string[] {
  const chained = chains.fieldSetOf({ subgraph, on, fieldName });
  if (chained !== undefined) return pathsIn(chained);
  const schema = supergraph.subgraphs().get(subgraph)?.schema;
  const type = schema?.type(on);
  if (type?.kind !== 'ObjectType' && type?.kind !== 'InterfaceType') return [];
  const directives = type.field(fieldName)?.appliedDirectives ?? [];
  return pathsOf(directives, 'requires');
}

/** The leaves of the field sets of some directives, as dotted paths. */
export function pathsOf(
  directives: Parameters<typeof fieldSetsOf>[0],
  directive: string,
): string[] {
  return fieldSetsOf(directives, directive).flatMap(pathsIn);
}

function fieldSetsOf(
  directives: readonly { readonly name: string; arguments(): Readonly<Record<string, unknown>> }[],
  directive: string,
): string[] {
  return directives.flatMap((applied) => {
    if (applied.name !== directive && applied.name !== `federation__${directive}`) return [];
    const { fields, resolvable } = applied.arguments();
    return typeof fields === 'string' && resolvable !== false ? [fields] : [];
  });
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
