import {
  GraphQLError,
  type ASTVisitor,
  type FloatValueNode,
  type IntValueNode,
  type ValidationContext,
} from 'graphql';

/** Refuses numbers that no JSON can hold: graphql-js takes `1e999` for a Float, and nobody can send it on. */
export function finiteNumbers(context: ValidationContext): ASTVisitor {
  function check(node: IntValueNode | FloatValueNode): void {
    if (Number.isFinite(Number(node.value))) return;
    const shown = node.value.length > 60 ? `${node.value.slice(0, 60)}…` : node.value;
    context.reportError(new GraphQLError(`The number ${shown} is too large.`, { nodes: node }));
  }
  return { IntValue: check, FloatValue: check };
}
