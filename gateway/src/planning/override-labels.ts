import { Kind } from 'graphql';
import type { ConstDirectiveNode, DocumentNode, SelectionNode } from 'graphql';
import { stringArgument } from './string-argument.ts';

/** Progressive `@override(label:)`: which labels a supergraph has and on which fields. */
export interface OverrideLabels {
  /**
   * Labels that may change the plan of an operation with these selections: those of fields it names, and those of fields
   * the planner may add by itself.
   */
  relevantTo(selections: readonly SelectionNode[]): readonly string[];
}

/** Where the labels of a supergraph stand. Plain data. */
export interface LabelTable {
  /** By name of a field. */
  readonly byField: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of fields that the planner may add by itself. */
  readonly addedByPlanner: ReadonlySet<string>;
}

/** Reads the labels of a supergraph (join spec v0.4, `@join__field(overrideLabel:)`). */
export function readLabelTable({ definitions }: DocumentNode): LabelTable {
  const byField = new Map<string, Set<string>>();
  const addedByPlanner = new Set<string>();
  const addNamesIn = (texts: readonly string[]): void => {
    for (const name of texts.flatMap(namesIn)) addedByPlanner.add(name);
  };
  for (const type of definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) {
      continue;
    }
    addNamesIn(textsOf(type, 'key'));
    for (const field of type.fields ?? []) {
      addNamesIn(textsOf(field, 'requires'));
      for (const label of textsOf(field, 'overrideLabel')) {
        const labels = byField.get(field.name.value) ?? new Set();
        byField.set(field.name.value, labels.add(label));
      }
    }
  }
  return { byField, addedByPlanner };
}

/** The texts of one argument in all directives of a definition. */
function textsOf(
  { directives = [] }: { readonly directives?: readonly ConstDirectiveNode[] | undefined },
  argument: string,
): string[] {
  return directives.flatMap((directive) => stringArgument(directive, argument) ?? []);
}

/** Finds which labels matter for an operation. */
export function overrideLabels({ byField, addedByPlanner }: LabelTable): OverrideLabels {
  return {
    relevantTo(selections) {
      if (byField.size === 0) return [];
      const names = new Set(addedByPlanner);
      addNames(selections, names);
      const labels = [...names].flatMap((name) => [...(byField.get(name) ?? [])]);
      return [...new Set(labels)].sort();
    },
  };
}

function namesIn(fieldSet: string): string[] {
  return fieldSet.match(/[A-Za-z_]\w*/g) ?? [];
}

function addNames(selections: readonly SelectionNode[], names: Set<string>): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) names.add(selection.name.value);
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) {
      addNames(selection.selectionSet.selections, names);
    }
  }
}

/**
 * Decides a label of the form `percent(number)` for one request.
 * @param roll 0 up to 100, the same for all labels of a request
 * @returns undefined for labels of another form
 */
export function decidePercentLabel(label: string, roll: number): boolean | undefined {
  const percent = /^percent\((\d{1,2}(?:\.\d{1,8})?|100)\)$/.exec(label)?.[1];
  return percent === undefined ? undefined : roll < Number(percent);
}
