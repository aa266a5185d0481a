import { baseType } from '@apollo/federation-internals';
import { Kind, parse, print } from 'graphql';
import type { FieldNode, SelectionNode, SelectionSetNode } from 'graphql';
import { parseFieldSet } from './chains.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/**
 * Adds to an operation, beside every field that is computed from computed fields, what it is computed from: the planner
 * has these brought like anything a client asks for.
 */
export function addChainInputs(
  operation: string,
  { supergraph, chains }: PlannerSupergraph,
): string {
  if (chains.isEmpty) return operation;
  const { schema } = supergraph;
  let isChanged = false;
  const document = parse(operation, { noLocation: true });
  const definitions = document.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const root = schema.schemaDefinition.rootType(definition.operation)?.name;
    return { ...definition, selectionSet: visitSet(definition.selectionSet, root) };
  });
  return isChanged ? print({ ...document, definitions }) : operation;

  function visitSet(set: SelectionSetNode, typeName: string | undefined): SelectionSetNode {
    return { ...set, selections: set.selections.flatMap((each) => visitSelection(each, typeName)) };
  }

  function visitSelection(selection: SelectionNode, typeName: string | undefined): SelectionNode[] {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition?.name.value ?? typeName;
      return [{ ...selection, selectionSet: visitSet(selection.selectionSet, on) }];
    }
    const inner =
      selection.selectionSet && visitSet(selection.selectionSet, typeOf(selection, typeName));
    return [
      inner ? { ...selection, selectionSet: inner } : selection,
      ...inputsOf(selection, typeName),
    ];
  }

  /** Inputs may have inputs themselves. */
  function inputsOf(field: FieldNode, typeName: string | undefined): SelectionNode[] {
    return possibleTypes(typeName).flatMap((on) =>
      chains.fieldSetsOf(on, field.name.value).map((fieldSet): SelectionNode => {
        isChanged = true;
        return {
          kind: Kind.INLINE_FRAGMENT,
          typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: on } },
          directives: field.directives ?? [],
          selectionSet: visitSet(parseFieldSet(fieldSet), on),
        };
      }),
    );
  }

  /** What an object of a type may be called in a subgraph: an object type, or an interface that is one there. */
  function possibleTypes(typeName: string | undefined): readonly string[] {
    const type = typeName === undefined ? undefined : schema.type(typeName);
    if (type?.kind !== 'ObjectType' && type?.kind !== 'InterfaceType') return [];
    const objects = type.kind === 'ObjectType' ? [type] : type.possibleRuntimeTypes();
    const interfaces = objects.flatMap((each) => each.interfaces());
    return [...new Set([...objects, ...interfaces].map(({ name }) => name))];
  }

  function typeOf(field: FieldNode, typeName: string | undefined): string | undefined {
    const type = typeName === undefined ? undefined : schema.type(typeName);
    if (type?.kind !== 'ObjectType' && type?.kind !== 'InterfaceType') return undefined;
    const fieldType = type.field(field.name.value)?.type;
    return fieldType && baseType(fieldType).name;
  }
}
