import { possibleRuntimeTypes } from '@apollo/federation-internals';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** Whether one object may fit two type conditions. Undefined stands for no condition. */
export function canBeBoth(
  one: string | undefined,
  other: string | undefined,
  planned: PlannerSupergraph,
): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  const members = membersOf(other, planned);
  return membersOf(one, planned).some((name) => members.includes(name));
}

/** The object types that a type of the supergraph may be. A name it does not know stands for itself. */
function membersOf(name: string, { supergraph: { schema } }: PlannerSupergraph): readonly string[] {
  const type = schema.type(name);
  const isKnown =
    type?.kind === 'ObjectType' || type?.kind === 'InterfaceType' || type?.kind === 'UnionType';
  return isKnown ? possibleRuntimeTypes(type).map((each) => each.name) : [name];
}
