import { CommandError } from '../command-error.ts';
import { exitCodes } from '../exit-codes.ts';

/** How one service is called in files, code, GraphQL and SQL. */
export interface ServiceNames {
  /** `gift-cards`: folder, subgraph, database schema. */
  name: string;
  /** `GIFT_CARDS`: prefix of its settings. */
  NAME: string;
  /** `giftCards`: the constant in code. */
  variable: string;
  /** `GiftCard` and `GiftCards`: type, and many of them in names of functions. */
  Type: string;
  Types: string;
  /** `giftCard` and `giftCards`: fields of Query. */
  type: string;
  types: string;
  /** `gift_cards` in SQL, `giftCards` in rows. */
  table: string;
  tableProperty: string;
  /** `gift-cards`: start of file names. */
  file: string;
  /** `gif`: start of ids. */
  prefix: string;
}

/**
 * Derives the names of a service.
 * @param name of the service in kebab-case, usually plural: `gift-cards`
 * @param typeName of its entity; default: the singular in PascalCase
 * @throws CommandError (exit code 2) for a name that is not kebab-case, or a type that is not PascalCase
 */
export function serviceNames(name: string, typeName?: string): ServiceNames {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new CommandError(
      `${name}: a service is named in kebab-case, such as gift-cards`,
      exitCodes.usage,
    );
  }
  const Type = typeName ?? pascal(singular(name));
  if (!/^[A-Z][A-Za-z0-9]*$/.test(Type)) {
    throw new CommandError(
      `--type ${Type}: a type is named in PascalCase, such as GiftCard`,
      exitCodes.usage,
    );
  }
  const Types = plural(Type);
  const table = snake(Types);
  return {
    name,
    NAME: name.toUpperCase().replaceAll('-', '_'),
    variable: lowerFirst(pascal(name)),
    Type,
    Types,
    type: lowerFirst(Type),
    types: lowerFirst(Types),
    table,
    tableProperty: lowerFirst(Types),
    file: table.replaceAll('_', '-'),
    prefix: Type.toLowerCase().slice(0, 3),
  };
}

function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (/(s|x|ch|sh)es$/.test(name)) return name.slice(0, -2);
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name;
}

function plural(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

function pascal(name: string): string {
  return name.replace(/(?:^|-)(.)/g, (_all, letter: string) => letter.toUpperCase());
}

function snake(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
