import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLField,
  type GraphQLInputType,
} from 'graphql';
import type { ArgumentStyle, Choice, DeclaredVariable } from '../operation-spec.ts';

/** Depth of input objects at most. */
const maxDepth = 3;

/** Writes arguments of any type: literals, variables, and variables that only have a default. */
export function writtenArguments(): ArgumentStyle {
  const declared = new Map<string, DeclaredVariable>();

  function writeArgument(name: string, type: GraphQLInputType, seed: number): string[] {
    const isRequired = isNonNullType(type);
    if (!isRequired && seed % 4 === 0) return [];
    const value = makeInput(type, seed, 0);
    if (seed % 3 !== 0) return [`${name}: ${print(value, type)}`];
    const variable = `v${String(type).replaceAll(/\W/g, '_')}${seed % 2}`;
    const onlyDefault = seed % 2 === 0;
    declared.set(variable, {
      name: variable,
      type: onlyDefault ? `${String(type)} = ${print(value, type)}` : String(type),
      value: onlyDefault ? undefined : value,
    });
    return [`${name}: $${variable}`];
  }

  return {
    write({ args }: GraphQLField<unknown, unknown>, choice: Choice) {
      const given = args.flatMap(({ name, type }, at) =>
        writeArgument(name, type, choice.argument + at + choice.alias),
      );
      return given.length === 0 ? '' : `(${given.join(', ')})`;
    },
    variables: () => [...declared.values()],
  };
}

function makeInput(type: GraphQLInputType, seed: number, depth: number): unknown {
  if (isNonNullType(type)) return makeInput(type.ofType as GraphQLInputType, seed, depth);
  if (isListType(type)) {
    if (depth > maxDepth) return [];
    return Array.from({ length: seed % 3 }, (_, at) =>
      makeInput(type.ofType as GraphQLInputType, seed + at, depth),
    );
  }
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[seed % named.getValues().length]?.name;
  if (isInputObjectType(named)) {
    return Object.fromEntries(
      Object.values(named.getFields()).flatMap((field, at) =>
        isNonNullType(field.type) || ((seed + at) % 2 === 0 && depth < maxDepth)
          ? [[field.name, makeInput(field.type, seed + at, depth + 1)]]
          : [],
      ),
    );
  }
  return (
    {
      Int: seed,
      Float: seed / 2,
      Boolean: seed % 2 === 0,
      ID: String(seed),
      String: ['', 'a', '"', 'ä'][seed % 4],
    }[named.name] ?? `custom ${seed}`
  );
}

function print(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return print(value, type.ofType as GraphQLInputType);
  if (isListType(type)) {
    const items = (value as unknown[]).map((item) => print(item, type.ofType as GraphQLInputType));
    return `[${items.join(', ')}]`;
  }
  if (isEnumType(type)) return String(value);
  if (!isInputObjectType(type)) return JSON.stringify(value);
  const fields = Object.entries(value as object).map(([name, each]) => {
    const field = type.getFields()[name];
    return `${name}: ${field ? print(each, field.type) : 'null'}`;
  });
  return `{ ${fields.join(', ')} }`;
}
