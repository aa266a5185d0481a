import {
  print,
  separateOperations,
  stripIgnoredCharacters,
  visit,
  type DocumentNode,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';

/**
 * Text of one operation with the fragments it needs, without any value a client wrote into it: texts are empty, numbers
 * are 0, equal items of lists stand once. Names, enum values, booleans and the fields of input objects stay, because they
 * are what a schema change can break.
 */
export function hideLiterals(document: DocumentNode, operation: OperationDefinitionNode): string {
  const needed = separateOperations(document)[operation.name?.value ?? ''] ?? document;
  const hidden = visit(needed, {
    StringValue: (node) => ({ ...node, value: '', block: false }),
    IntValue: (node) => ({ ...node, value: '0' }),
    FloatValue: (node) => ({ ...node, value: '0.0' }),
    ListValue: { leave: (node) => ({ ...node, values: withoutRepeats(node.values) }) },
  });
  return stripIgnoredCharacters(print(hidden));
}

function withoutRepeats(values: readonly ValueNode[]): readonly ValueNode[] {
  const byText = new Map(values.map((value) => [print(value), value]));
  return [...byText.values()];
}
