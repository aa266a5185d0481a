/** `@skip` and `@include` on all that a fetch of the planner asks for; false where nothing is asked. */
type Conditions =
  boolean | readonly { readonly variable: { readonly name: string }; readonly negated: boolean }[];

/** What we know of a fetch of the planner. The package does not export the class. */
export interface ConditionalFetch {
  conditions(): Conditions;
  children(): readonly ConditionalFetch[];
}

/**
 * Keeps the planner (@apollo/query-planner 2.14.4) from putting a fetch under conditions that are not its own. It writes
 * what waits for a fetch into the condition of that fetch. Two equal fetches that wait for others are joined to one that waits for
 * both; where one of these waits for the other, the last is all that is left to wait for. If that one is skipped, so is all
 * that waits for it, asked for or not. Such a fetch is made whatever the condition: what is skipped says so inside.
 */
export function mendConditions(prototype: ConditionalFetch): void {
  // It is called with the fetch it belongs to, below.
  // oxlint-disable-next-line typescript/unbound-method
  const { conditions } = prototype;
  prototype.conditions = function conditionsOfAllBehind(this: ConditionalFetch) {
    const own = conditions.call(this);
    if (typeof own === 'boolean') return own;
    return this.children().every((child) => implies(child.conditions(), own)) ? own : true;
  };
}

function implies(all: Conditions, some: Exclude<Conditions, boolean>): boolean {
  if (typeof all === 'boolean') return !all;
  return some.every(({ variable, negated }) =>
    all.some((each) => each.variable.name === variable.name && each.negated === negated),
  );
}
