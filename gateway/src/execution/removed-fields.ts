import { isObjectType } from 'graphql';
import type { FieldNode, GraphQLInterfaceType, GraphQLObjectType } from 'graphql';
import { errorCatalogue } from '../errors.ts';
import type { Denial } from '../request.ts';
import type { WriteValue } from './compile-value.ts';
import type { Position } from './position.ts';
import type { ProjectionScope } from './projection-scope.ts';
import { addDenial } from './report.ts';

interface RemovableField {
  readonly type: GraphQLObjectType | GraphQLInterfaceType;
  readonly responseName: string;
  readonly nodes: readonly FieldNode[];
}

/** Whether rules make a difference between the types of an interface, or need to know which it is. */
export function isRuled(
  type: GraphQLInterfaceType,
  { removed, guarded, schema }: ProjectionScope,
): boolean {
  if (removed.size === 0 && guarded.size === 0) return false;
  const names = schema.getPossibleTypes(type).map((each) => each.name);
  return Object.keys(type.getFields()).some((field) => {
    const keys = names.map((name) => `${name}.${field}`);
    const count = keys.filter((key) => removed.has(key)).length;
    return (count > 0 && count < keys.length) || keys.some((key) => guarded.has(key));
  });
}

/** The name under which a field was taken out, if it was. Of an interface's fields: for every type it may be. */
export function removedAs(
  { type, responseName, nodes }: RemovableField,
  position: Position,
  { removed, schema }: ProjectionScope,
): string | undefined {
  if (removed.size === 0) return undefined;
  const name = nodes[0]?.name.value ?? '';
  if (!position.parent) return removed.has(responseName) ? responseName : undefined;
  const types = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
  const keys = types.map((each) => `${each.name}.${name}`);
  return keys.every((key) => removed.has(key)) ? keys[0] : undefined;
}

/** Compiles the writing of a field that was taken out: null, and an error that says why. */
export function writeDenial(responseName: string, key: string, isNonNull: boolean): WriteValue {
  return (run) => {
    const denial = run.context.access?.denials.get(key) ?? unexplained;
    addDenial(run, responseName, denial);
    return isNonNull ? undefined : 'null';
  };
}

const unexplained: Denial = {
  message: errorCatalogue.FORBIDDEN.message,
  extensions: { code: 'FORBIDDEN' },
};
