import { Kind, type DefinitionNode, type DocumentNode } from 'graphql';

/** Types of the federation specification that servers print into their schema. */
const machineryType = /^(_Any|_Entity|_Service|_FieldSet|FieldSet|(federation|link|join)__\w+)$/;
const machineryFields: ReadonlySet<string> = new Set(['_entities', '_service']);

/**
 * A schema without what its framework adds for federation. Nobody named that, nobody can change it, and composition
 * takes it out as well.
 */
export function withoutMachinery(document: DocumentNode): DocumentNode {
  return { ...document, definitions: document.definitions.flatMap(withoutMachineryIn) };
}

function withoutMachineryIn(node: DefinitionNode): DefinitionNode[] {
  if ('name' in node && machineryType.test(node.name?.value ?? '')) return [];
  if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) {
    return [node];
  }
  const { fields = [] } = node;
  const kept = fields.filter(({ name }) => !machineryFields.has(name.value));
  if (kept.length === fields.length) return [node];
  return kept.length === 0 ? [] : [{ ...node, fields: kept }];
}
