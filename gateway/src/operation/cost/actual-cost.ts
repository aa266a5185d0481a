import type { CoercedVariables } from '../coerce-variables.ts';
import type { CostNode } from './cost-node.ts';
import { amountOf } from './list-size.ts';
import { saturate } from './operation-cost.ts';

/** Sums up what an answer holds: weights per object that is there, arguments per field that was asked. */
export function measureActual(
  nodes: readonly CostNode[],
  variables: CoercedVariables,
  data: unknown,
): number {
  if (typeof data !== 'object' || data === null) return 0;
  let sum = 0;
  for (const [name, group] of byResponseName(nodes, variables)) {
    if (!Object.hasOwn(data, name)) continue;
    const value = (data as Readonly<Record<string, unknown>>)[name];
    const weight = Math.max(...group.map((node) => node.weight));
    const ofArguments = Math.max(...group.map((node) => amountOf(node.ofArguments, variables)));
    const children = group.flatMap((node) => node.children);
    sum = saturate(sum + ofArguments + measureValue(value, { weight, children, variables }));
  }
  return sum;
}

interface Measuring {
  readonly weight: number;
  readonly children: readonly CostNode[];
  readonly variables: CoercedVariables;
}

function measureValue(value: unknown, measuring: Measuring): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) {
    let sum = 0;
    for (const item of value as readonly unknown[]) {
      sum = saturate(sum + measureValue(item, measuring));
    }
    return sum;
  }
  const { weight, children, variables } = measuring;
  return weight + (children.length > 0 ? measureActual(children, variables, value) : 0);
}

/** Fields of different types may answer under one name; an object has one of them, and the heaviest is counted. */
function byResponseName(
  nodes: readonly CostNode[],
  variables: CoercedVariables,
): Map<string, CostNode[]> {
  const groups = new Map<string, CostNode[]>();
  for (const node of nodes) {
    if (node.condition && !node.condition(variables)) continue;
    const group = groups.get(node.responseName);
    if (group) group.push(node);
    else groups.set(node.responseName, [node]);
  }
  return groups;
}
