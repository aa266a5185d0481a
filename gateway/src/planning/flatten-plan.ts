import type {
  FetchDataRewrite,
  FetchNode,
  PlanNode,
  QueryPlan,
  QueryPlanSelectionNode,
} from '@apollo/query-planner';
import { oneByte } from '../one-byte.ts';
import type { VirtualFields } from './virtual-fields.ts';
import type {
  FetchStep,
  FieldRename,
  Plan,
  RequiredSelection,
  StepCondition,
  TypenameRewrite,
} from './plan.ts';

interface Place {
  readonly path: readonly string[];
  readonly conditions: readonly StepCondition[];
  /** Steps that come directly before. */
  readonly after: readonly number[];
}

/**
 * Turns the planner's tree into steps that know what they wait for. The order of `Sequence` is kept as it is written;
 * which of these waits the data really needs is found by `execution/order-steps.ts`.
 */
export function flattenPlan(queryPlan: QueryPlan, virtualFields: VirtualFields): Plan {
  const steps: FetchStep[] = [];
  const start: Place = { path: [], conditions: [], after: [] };
  const root = queryPlan.node;
  if (root?.kind === 'Subscription') {
    addFetch(root.primary, start);
    if (root.rest) addNode(root.rest, { ...start, after: [0] });
    return { kind: 'subscription', steps, sourceStep: 0 };
  }
  if (root) addNode(root, start);
  return { kind: steps[0]?.kind ?? 'query', steps, sourceStep: undefined };

  /** Adds a subtree and returns the steps whose completion completes it. */
  function addNode(node: PlanNode, place: Place): readonly number[] {
    switch (node.kind) {
      case 'Fetch':
        return [addFetch(node, place)];
      case 'Sequence': {
        let after = place.after;
        for (const child of node.nodes) {
          const last = addNode(child, { ...place, after });
          if (last.length > 0) after = last;
        }
        return after;
      }
      case 'Parallel':
        return node.nodes.flatMap((child) => addNode(child, place));
      case 'Flatten':
        return addNode(node.node, { ...place, path: [...place.path, ...fieldsOf(node.path)] });
      case 'Condition': {
        const branch = (child: PlanNode | undefined, equals: boolean): readonly number[] => {
          if (!child) return [];
          const condition = { variable: node.condition, equals };
          return addNode(child, { ...place, conditions: [...place.conditions, condition] });
        };
        return [...branch(node.ifClause, true), ...branch(node.elseClause, false)];
      }
      case 'Defer':
        throw new Error('The planner deferred a part although incremental delivery is off.');
    }
  }

  function addFetch(node: FetchNode, place: Place): number {
    const id = steps.length;
    steps.push({
      id,
      subgraph: node.serviceName,
      kind: node.operationKind,
      path: place.path,
      requires: node.requires
        ? node.requires.map((each) => requiredSelection(each, virtualFields))
        : undefined,
      operation: oneByte(virtualFields.restore(node.operation)),
      variables: node.variableUsages ?? [],
      conditions: place.conditions,
      after: place.after,
      typenames: typenameRewrites(node.inputRewrites ?? []),
      renames: fieldRenames(node.outputRewrites ?? []),
      contexts: (node.contextRewrites ?? []).map((rewrite) => ({
        path: rewrite.path,
        variable: rewrite.renameKeyTo,
      })),
    });
    return id;
  }
}

function fieldsOf(path: readonly (string | number)[]): string[] {
  return path.filter(
    (element): element is string => typeof element === 'string' && element !== '@',
  );
}

function requiredSelection(
  node: QueryPlanSelectionNode,
  virtualFields: VirtualFields,
): RequiredSelection {
  const selections = node.selections?.map((child) => requiredSelection(child, virtualFields));
  if (node.kind === 'InlineFragment') {
    return { kind: 'fragment', on: node.typeCondition, selections: selections ?? [] };
  }
  return {
    kind: 'field',
    name: node.alias ?? node.name,
    writtenAs: oneByte(virtualFields.originalName(node.name)),
    selections,
  };
}

function typenameRewrites(rewrites: readonly FetchDataRewrite[]): TypenameRewrite[] {
  return rewrites.flatMap((rewrite) =>
    rewrite.kind === 'ValueSetter'
      ? [{ path: rewrite.path.slice(0, -1), typename: String(rewrite.setValueTo) }]
      : [],
  );
}

function fieldRenames(rewrites: readonly FetchDataRewrite[]): FieldRename[] {
  return rewrites.flatMap((rewrite) =>
    rewrite.kind === 'KeyRenamer' ? [{ path: rewrite.path, to: rewrite.renameKeyTo }] : [],
  );
}
