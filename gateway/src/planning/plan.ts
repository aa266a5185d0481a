/**
 * A plan is a list of fetch steps with what each must wait for. It is plain JSON: a worker thread can hand it over and
 * a printer can draw it. Response names inside are internal (internal-names.ts), never those of the client.
 */
export interface Plan {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** In the planner's order: a step only waits for earlier ones. */
  readonly steps: readonly FetchStep[];
  /** For a subscription: the step whose events are the source. The others are run once per event, given its value. */
  readonly sourceStep: number | undefined;
}

/** One selection to send to one subgraph: at the root, or for the entities at a place of the data. */
export interface FetchStep {
  readonly id: number;
  readonly subgraph: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Where the result belongs: internal response names from the root, lists not marked. Empty for a root fetch. */
  readonly path: readonly string[];
  /** What to read at the place to tell the subgraph which entity is meant. Undefined for a root fetch. */
  readonly requires: readonly RequiredSelection[] | undefined;
  /** The GraphQL text of the subgraph's operation. */
  readonly operation: string;
  /** Variables of the client's operation that the text uses. */
  readonly variables: readonly string[];
  /** All must hold, or the step does not run. From `@skip` and `@include`. */
  readonly conditions: readonly StepCondition[];
  /** Steps that must be complete before this one, direct ones only. */
  readonly after: readonly number[];
  /** Types to write into representations instead of those in the data: `@interfaceObject`. */
  readonly typenames: readonly TypenameRewrite[];
  /** Names the planner gave fields that would not merge in the subgraph, and what they are for everybody else. */
  readonly renames: readonly FieldRename[];
  /** Arguments filled from data further up: `@fromContext`. */
  readonly contexts: readonly ContextArgument[];
}

export interface StepCondition {
  readonly variable: string;
  readonly equals: boolean;
}

/** A field to read, under the name it has in the data and the one the subgraph knows. */
export interface RequiredField {
  readonly kind: 'field';
  /** Name in the merged data. */
  readonly name: string;
  /** Name in the representation. Differs for fields that `@requires` with arguments. */
  readonly writtenAs: string;
  readonly selections: readonly RequiredSelection[] | undefined;
}

export interface RequiredFragment {
  readonly kind: 'fragment';
  readonly on: string | undefined;
  readonly selections: readonly RequiredSelection[];
}

export type RequiredSelection = RequiredField | RequiredFragment;

export interface TypenameRewrite {
  /** Type conditions and field names from the representation down to the `__typename`. */
  readonly path: readonly string[];
  readonly typename: string;
}

export interface FieldRename {
  /** Type conditions (`... on T`) and field names from the root of the fetched data. */
  readonly path: readonly string[];
  readonly to: string;
}

export interface ContextArgument {
  /** `..` climbs to the enclosing object; type conditions and fields descend. */
  readonly path: readonly string[];
  /** The variable of the subgraph's operation that takes the value. */
  readonly variable: string;
}

/** Tells whether a step runs at the root of the operation. */
export function isRootStep(step: FetchStep): boolean {
  return step.requires === undefined;
}
