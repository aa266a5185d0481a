import { baseType, isCompositeType, type Type } from '@apollo/federation-internals';
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { FieldNode, SelectionNode, SelectionSetNode } from 'graphql';
import type { FetchStep } from './plan.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** A selection set, and the type it is asked of in the subgraph. */
interface Level {
  readonly set: SelectionSetNode;
  readonly on: string | undefined;
}

/** The fields of one response name. */
interface Claim {
  readonly fieldName: string;
  readonly type: Type | undefined;
  readonly below: Level[];
}

/** A fragment without a type, which is there for its directives. */
const conditionOnly = /\.\.\.\s*@/;

/**
 * Gives fields of a step names of their own where a subgraph would refuse to merge them: `label: String` of an interface
 * and `label: String!` of one of its types (GraphQL specification October 2021, §5.3.2). The planner does so itself, but
 * misses what stands in a fragment that is there for `@skip` or `@include` only.
 */
export function aliasConflicts(step: FetchStep, { supergraph }: PlannerSupergraph): FetchStep {
  if (!conditionOnly.test(step.operation)) return step;
  const schema = supergraph.subgraphs().get(step.subgraph)?.schema;
  if (!schema) return step;
  const document = parse(step.operation, { noLocation: true });
  const names = new Map<FieldNode, string>();
  const renames = [...step.renames];

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const on = schema.schemaDefinition.rootType(step.kind)?.name;
    nameFields([{ set: definition.selectionSet, on }]);
  }
  if (names.size === 0) return step;
  const renamed = visit(document, {
    Field: {
      // Fields are known by what they were before those inside them were renamed.
      enter: (field) => {
        const value = names.get(field);
        return value === undefined ? undefined : { ...field, alias: { kind: Kind.NAME, value } };
      },
    },
  });
  return { ...step, renames, operation: stripIgnoredCharacters(print(renamed)) };

  /** Names the fields of all sets that are merged into one object of the answer. */
  function nameFields(levels: readonly Level[]): void {
    const claims = new Map<string, Claim>();
    for (const { set, on } of levels) {
      for (const selection of set.selections) nameSelection(selection, on, claims);
    }
    for (const { below } of claims.values()) if (below.length > 0) nameFields(below);
  }

  function nameSelection(
    selection: SelectionNode,
    on: string | undefined,
    claims: Map<string, Claim>,
  ): void {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = selection.typeCondition?.name.value ?? on;
      for (const each of selection.selectionSet.selections) nameSelection(each, inner, claims);
      return;
    }
    const fieldName = selection.name.value;
    const wanted = selection.alias?.value ?? fieldName;
    const type = typeOf(on, fieldName);
    let name = wanted;
    for (let count = 1; !fits(claims.get(name), { fieldName, type }); count += 1) {
      name = `${wanted}__alias_c${count}`;
    }
    const claim = claims.get(name) ?? { fieldName, type, below: [] };
    claims.set(name, claim);
    if (name !== wanted) {
      names.set(selection, name);
      const to = step.renames.find(({ path }) => path.at(-1) === wanted)?.to ?? wanted;
      if (!renames.some(({ path }) => path.at(-1) === name)) renames.push({ path: [name], to });
    }
    if (selection.selectionSet) {
      claim.below.push({ set: selection.selectionSet, on: type && baseType(type).name });
    }
  }

  function typeOf(on: string | undefined, fieldName: string): Type | undefined {
    const type = on === undefined ? undefined : schema?.type(on);
    if (type?.kind !== 'ObjectType' && type?.kind !== 'InterfaceType') return undefined;
    return type.field(fieldName)?.type;
  }
}

function fits(
  claim: Claim | undefined,
  { fieldName, type }: Pick<Claim, 'fieldName' | 'type'>,
): boolean {
  if (!claim) return true;
  if (claim.fieldName !== fieldName) return false;
  if (!claim.type || !type) return true;
  return shapeOf(claim.type) === shapeOf(type);
}

/** Objects of any types look alike, leaves only those of one. */
function shapeOf(type: Type): string {
  const named = baseType(type);
  return isCompositeType(named) ? String(type).replace(named.name, '{}') : String(type);
}
