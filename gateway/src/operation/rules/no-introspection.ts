import { GraphQLError, type ASTVisitor, type ValidationContext } from 'graphql';

/** Refuses `__schema` and `__type` (§4.2 Schema Introspection). `__typename` stays: clients need it to run at all. */
export function noIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.name.value !== '__schema' && node.name.value !== '__type') return;
      context.reportError(
        new GraphQLError('Introspection is switched off.', {
          nodes: node,
          extensions: { code: 'INTROSPECTION_DISABLED' },
        }),
      );
    },
  };
}
