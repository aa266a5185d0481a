import type { FieldNode, SelectionNode } from 'graphql';
import { makeChainStep, onType, typenameField, type ChainField } from './chain-step.ts';
import { parseFieldSet } from './chains.ts';
import { conditionsOf } from './conditions-of.ts';
import { linkChains, type Extracted } from './link-chains.ts';
import { topFields } from './part-of-step.ts';
import type { FetchStep, Plan } from './plan.ts';
import { rewriteStep } from './rewrite-step.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/**
 * Gives every field that is computed from computed fields an entity fetch of its own, which tells its inputs and waits for
 * them. The planner knows nothing of these inputs: it asks for the field wherever its subgraph is asked.
 */
export function fetchChains(plan: Plan, planned: PlannerSupergraph): Plan {
  if (planned.chains.isEmpty) return plan;
  const steps: (FetchStep | undefined)[] = [...plan.steps];
  const extracted = new Map<number, Extracted>();
  for (let id = 0; id < steps.length; id += 1) {
    const step = steps[id];
    if (!step) continue;
    const { rest, found } = takeOut(step, extracted.has(id), planned);
    if (found.length === 0) continue;
    steps[id] = isEmpty(rest, step) ? undefined : rest;
    for (const group of groupsOf(found)) {
      const made = makeChainStep(group, step, { id: steps.length, planned });
      steps.push(made);
      extracted.set(made.id, { from: id, on: group[0].on });
    }
  }
  if (extracted.size === 0) return plan;
  return { ...plan, steps: linkChains(plan.steps, steps, { extracted, planned }) };
}

/** Takes such fields out of a step. Where they stand deeper, the key of their object stays. */
function takeOut(
  step: FetchStep,
  isExtracted: boolean,
  planned: PlannerSupergraph,
): { readonly rest: FetchStep; readonly found: readonly ChainField[] } {
  const found: ChainField[] = [];
  const rest = rewriteStep(step, planned, (field, spot) => {
    if (spot.isTop && isExtracted) return [field];
    const chained = chainedTypes(step.subgraph, { field, on: spot.on }, planned);
    if (chained.length === 0) return [field];
    const keys = chained.flatMap(({ key }) => parseFieldSet(key).selections);
    found.push(...chained.map((each) => ({ ...each, field, spot })));
    return [
      ...(spot.isTop ? [] : [typenameField, ...keys]),
      ...otherTypes(step.subgraph, { on: spot.on, chained }, planned).map((on): SelectionNode =>
        onType(on, [field]),
      ),
    ];
  });
  return { rest, found };
}

/** What a field is in a subgraph's schema: for which of the types its object may be it is one of these. */
function chainedTypes(
  subgraph: string,
  { field, on }: { readonly field: FieldNode; readonly on: string | undefined },
  planned: PlannerSupergraph,
): Pick<ChainField, 'on' | 'fieldSet' | 'key'>[] {
  return possibleTypes(subgraph, on, planned).flatMap((name) => {
    const fieldName = field.name.value;
    const fieldSet = planned.chains.fieldSetOf({ subgraph, on: name, fieldName });
    const key = fieldSet && keyOf(subgraph, name, planned);
    return fieldSet && key ? [{ on: name, fieldSet, key }] : [];
  });
}

function otherTypes(
  subgraph: string,
  { on, chained }: { readonly on: string | undefined; readonly chained: readonly { on: string }[] },
  planned: PlannerSupergraph,
): string[] {
  return possibleTypes(subgraph, on, planned).filter(
    (name) => !chained.some((each) => each.on === name),
  );
}

function possibleTypes(
  subgraph: string,
  on: string | undefined,
  { supergraph }: PlannerSupergraph,
): string[] {
  const type = on === undefined ? undefined : supergraph.subgraphs().get(subgraph)?.schema.type(on);
  if (type?.kind === 'ObjectType') return [type.name];
  if (type?.kind !== 'InterfaceType') return [];
  return type.possibleRuntimeTypes().map(({ name }) => name);
}

/** The first key by which a subgraph finds objects of a type. */
function keyOf(
  subgraph: string,
  on: string,
  { supergraph }: PlannerSupergraph,
): string | undefined {
  const type = supergraph.subgraphs().get(subgraph)?.schema.type(on);
  if (type?.kind !== 'ObjectType') return undefined;
  for (const applied of type.appliedDirectives) {
    if (!/^(federation__)?key$/.test(applied.name)) continue;
    const { fields, resolvable }: Readonly<Record<string, unknown>> = applied.arguments();
    if (typeof fields === 'string' && resolvable !== false) return fields;
  }
  return undefined;
}

/** Fields of the same objects with the same inputs go together. */
function groupsOf(found: readonly ChainField[]): [ChainField, ...ChainField[]][] {
  const groups = new Map<string, [ChainField, ...ChainField[]]>();
  for (const each of found) {
    const { on, fieldSet, spot } = each;
    const key = [spot.isTop, on, spot.path.join('.'), fieldSet, ...conditionTexts(each)].join(' ');
    const known = groups.get(key);
    if (known) known.push(each);
    else groups.set(key, [each]);
  }
  return [...groups.values()];
}

function conditionTexts({ field, spot }: ChainField): string[] {
  return [...spot.conditions, ...conditionsOf(field.directives)]
    .map(({ variable, equals }) => `${equals ? '' : '!'}${variable}`)
    .sort();
}

/** Whether what is left of an entity step asks for nothing that was asked for. */
function isEmpty(rest: FetchStep, step: FetchStep): boolean {
  const isTypename = ({ fieldName }: { readonly fieldName: string }): boolean =>
    fieldName === '__typename';
  return (
    step.requires !== undefined &&
    topFields(rest).every(isTypename) &&
    !topFields(step).some(isTypename)
  );
}
