import {
  GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  specifiedDirectives,
} from 'graphql';
import type { DocumentNode, GraphQLNamedType, GraphQLObjectType } from 'graphql';
// What `buildASTSchema` of graphql-js consists of: it makes the types, but resolves none of them yet.
import { extendSchemaImpl } from 'graphql/utilities/extendSchema.js';
import { createPace, type Turns } from '../turns.ts';

/** Makes a schema as `buildASTSchema` does, type by type, of definitions that are known to be valid. */
export function* schemaOfDefinitions(document: DocumentNode): Turns<GraphQLSchema> {
  const pace = createPace();
  const extensions: Record<string, unknown> = Object.create(null);
  const config = extendSchemaImpl(
    {
      types: [],
      directives: [],
      extensions,
      extensionASTNodes: [],
      description: undefined,
      query: undefined,
      mutation: undefined,
      subscription: undefined,
      astNode: undefined,
      assumeValid: true,
    },
    document,
    { assumeValid: true },
  );
  yield;
  for (const type of config.types) {
    resolve(type);
    yield* pace();
  }
  yield;
  const root = (name: string): GraphQLObjectType | undefined =>
    config.types.filter(isObjectType).find((type) => type.name === name);
  const roots = config.astNode
    ? {}
    : { query: root('Query'), mutation: root('Mutation'), subscription: root('Subscription') };
  const own = new Set(config.directives.map(({ name }) => name));
  const directives = [
    ...config.directives,
    ...specifiedDirectives.filter(({ name }) => !own.has(name)),
  ];
  return new GraphQLSchema({ ...config, ...roots, directives, assumeValid: true });
}

/** Fields, interfaces and members are made when they are first asked for. */
function resolve(type: GraphQLNamedType): void {
  if (isObjectType(type) || isInterfaceType(type)) {
    type.getFields();
    type.getInterfaces();
  } else if (isInputObjectType(type)) {
    type.getFields();
  } else if (isUnionType(type)) {
    type.getTypes();
  }
}
