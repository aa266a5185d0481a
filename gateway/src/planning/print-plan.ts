import { Kind, parse, print } from 'graphql';
import type { SelectionSetNode } from 'graphql';
import type { FetchStep, Plan, RequiredSelection } from './plan.ts';

/** Steps that are sent as one request, and what they wait for. */
export interface PrintedGroup {
  readonly subgraph: string;
  readonly wave: number;
  readonly after: readonly number[];
  readonly steps: readonly FetchStep[];
}

/**
 * Writes a plan for people: requests by wave, each with the places it fills, what it sends along and what it asks for.
 */
export function printPlan(plan: Plan, groups: readonly PrintedGroup[]): string {
  if (groups.length === 0) return 'Nobody is asked: the gateway answers by itself.\n';
  const waves = [...new Set(groups.map((group) => group.wave))].sort((a, b) => a - b);
  const lines = waves.flatMap((wave) => [
    `Wave ${wave + 1}`,
    ...groups.flatMap((group, at) => (group.wave === wave ? printGroup(group, at, plan) : [])),
  ]);
  return `${lines.join('\n')}\n`;
}

function printGroup(group: PrintedGroup, at: number, plan: Plan): string[] {
  const waits =
    group.after.length > 0 ? ` after ${group.after.map((id) => `#${id + 1}`).join(', ')}` : '';
  const kind = plan.kind === 'query' ? '' : ` (${plan.kind})`;
  return [
    `  #${at + 1} ${group.subgraph}${kind}${waits}`,
    ...group.steps.flatMap((step) => printStep(step).map((line) => `    ${line}`)),
  ];
}

function printStep(step: FetchStep): string[] {
  const place = step.path.length > 0 ? step.path.join('.') : 'the root';
  const conditions = step.conditions.map(
    ({ variable, equals }) => `${equals ? '' : 'not '}$${variable}`,
  );
  const condition = conditions.length > 0 ? ` if ${conditions.join(' and ')}` : '';
  const sends = step.requires ? [`  sends { ${printRequired(step.requires)} }`] : [];
  return [
    `for ${place}${condition}`,
    ...sends,
    ...printSelections(step).map((line) => `  ${line}`),
  ];
}

function printRequired(selections: readonly RequiredSelection[]): string {
  return selections
    .map((selection) => {
      const inner = selection.selections ? ` { ${printRequired(selection.selections)} }` : '';
      if (selection.kind === 'fragment') return `... on ${selection.on ?? '?'}${inner}`;
      const name =
        selection.name === selection.writtenAs
          ? selection.name
          : `${selection.writtenAs}: ${selection.name}`;
      return `${name}${inner}`;
    })
    .join(' ');
}

function printSelections(step: FetchStep): string[] {
  const [operation] = parse(step.operation, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  let set: SelectionSetNode = operation.selectionSet;
  const [entities] = set.selections;
  if (step.requires && entities?.kind === Kind.FIELD && entities.selectionSet)
    set = entities.selectionSet;
  return print(set).split('\n');
}
