import { atPlace, type Position } from './position.ts';
import { compileRead, type ReadField } from './read-field.ts';
import { representationFields } from './step-table.ts';
import type { TypeRelations } from './type-relations.ts';

/**
 * Finds the one field of the objects themselves that decides what every step at a position is told of them: equal
 * there, equal everywhere. Whatever else the representations carry was fetched for that field's value.
 */
export function findIdentity(
  position: Position,
  typeName: string,
  types: TypeRelations,
): ReadField | undefined {
  const own = new Set<string>();
  for (const { step } of position.steps) {
    const told = representationFields(step, typeName, types);
    if (!told || step.contexts.length > 0) return undefined;
    for (const name of told) {
      const fromPlace = position.sources(name, typeName).some((source) => source.step === atPlace);
      if (fromPlace && name !== '__typename') own.add(name);
    }
  }
  const [name] = own;
  const sources = name === undefined ? [] : position.sources(name, typeName);
  if (own.size !== 1 || sources.length !== 1) return undefined;
  const read = compileRead(sources);
  return (run, object) => {
    const value = read(run, object);
    return typeof value === 'object' ? undefined : value;
  };
}
