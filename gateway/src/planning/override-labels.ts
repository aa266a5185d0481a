import { Kind, parse, visit } from 'graphql';
import type { SelectionNode } from 'graphql';

/** Progressive `@override(label:)`: which labels a supergraph has and on which fields. */
export interface OverrideLabels {
  /**
   * Labels that may change the plan of an operation with these selections: those of fields it names, and those of fields
   * the planner may add by itself.
   */
  relevantTo(selections: readonly SelectionNode[]): readonly string[];
}

/** Reads the labels from supergraph SDL (join spec v0.4, `@join__field(overrideLabel:)`). */
export function readOverrideLabels(sdl: string): OverrideLabels {
  const labelsByField = new Map<string, Set<string>>();
  const addedByPlanner = new Set<string>();
  if (sdl.includes('overrideLabel')) {
    visit(parse(sdl, { noLocation: true }), {
      FieldDefinition(field) {
        for (const directive of field.directives ?? []) {
          for (const { name, value } of directive.arguments ?? []) {
            if (value.kind !== Kind.STRING) continue;
            if (name.value === 'requires')
              namesIn(value.value).forEach((each) => addedByPlanner.add(each));
            if (name.value !== 'overrideLabel') continue;
            const labels = labelsByField.get(field.name.value) ?? new Set();
            labelsByField.set(field.name.value, labels.add(value.value));
          }
        }
      },
      Directive(directive) {
        for (const { name, value } of directive.arguments ?? []) {
          if (name.value !== 'key' || value.kind !== Kind.STRING) continue;
          namesIn(value.value).forEach((each) => addedByPlanner.add(each));
        }
      },
    });
  }
  return {
    relevantTo(selections) {
      if (labelsByField.size === 0) return [];
      const names = new Set(addedByPlanner);
      addNames(selections, names);
      const labels = [...names].flatMap((name) => [...(labelsByField.get(name) ?? [])]);
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
