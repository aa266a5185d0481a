import { print } from 'graphql';
import type { FieldNode, GraphQLSchema } from 'graphql';
import { isInterfaceType, isObjectType } from 'graphql';

/**
 * Names fields for the planner and the subgraphs. A client's alias must never meet a field the planner adds for itself
 * (keys, `@requires`): `{ me { plan: bio discount } }` would forge the input of `discount`. So only a plain field keeps
 * its name; everything a client can choose gets a prefix no field of the supergraph begins with.
 */
export interface InternalNames {
  /** The name under which subgraphs answer this field of the client's operation. */
  of(field: FieldNode): string;
  /** The response name a client gave to an internal name; names the planner added stand for themselves. */
  responseName(internalName: string): string;
}

/** Finds the prefix for a supergraph: `t_` unless a field there begins so. */
export function findPrefix(schema: GraphQLSchema): string {
  const names = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : [],
  );
  let prefix = 't_';
  while (names.some((name) => name.startsWith(prefix))) prefix = `t${prefix}`;
  return prefix;
}

/** Makes the names of one operation. The same text always gets the same names, so that equal fetches are equal texts. */
export function createInternalNames(prefix: string): InternalNames {
  const byResponseName = new Map<string, Map<string, string>>();
  const responseNames = new Map<string, string>();
  return {
    of(field) {
      const responseName = field.alias?.value ?? field.name.value;
      const isPlain = responseName === field.name.value && !field.arguments?.length;
      if (isPlain) return responseName;
      let bySignature = byResponseName.get(responseName);
      if (!bySignature) byResponseName.set(responseName, (bySignature = new Map()));
      const signature = signatureOf(field);
      let name = bySignature.get(signature);
      if (name === undefined) {
        // A digit first cannot be mistaken for the response name `<digit>_…`: GraphQL names never begin with one.
        const number = bySignature.size === 0 ? '' : `${bySignature.size}_`;
        name = `${prefix}${number}${responseName}`;
        bySignature.set(signature, name);
        responseNames.set(name, responseName);
      }
      return name;
    },
    responseName: (internalName) => responseNames.get(internalName) ?? internalName,
  };
}

function signatureOf(field: FieldNode): string {
  const values = (field.arguments ?? []).map((argument) => print(argument)).sort();
  return `${field.name.value}(${values.join(',')})`;
}
