import { badInput } from './user-input-error.ts';

/**
 * Picks the one argument that was given, of those that each find the same thing.
 * @throws GraphQLError BAD_USER_INPUT when none was given, or more than one
 */
export function exactlyOne<Name extends string>(
  given: Readonly<Record<Name, string | null | undefined>>,
): { readonly name: Name; readonly value: string } {
  const names = Object.keys(given) as Name[];
  const present = names.flatMap((name) => {
    const value = given[name];
    return value === null || value === undefined ? [] : [{ name, value }];
  });
  const [only] = present;
  if (only && present.length === 1) return only;
  const wanted = names.map((name) => `\`${name}\``).join(' and ');
  throw badInput(`Give exactly one of ${wanted}: ${present.length === 0 ? 'none' : 'both'} came.`);
}
