import type { Logger } from '@trellis/platform/log';
import {
  getArgumentValues,
  isCompositeType,
  Kind,
  type GraphQLCompositeType,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../fragments-of.ts';
import type { AuthorizeInput } from './authorize-input.ts';
import { printInputs, sourceOf } from './describe-rules.ts';
import { compileRule } from './evaluate.ts';
import { verdictAbout, type Verdict } from './outcome.ts';
import { createJudge, type Judge } from './judge.ts';
import type { PermissionsModule } from './load-permissions.ts';
import { printRule } from './print-rule.ts';
import { leavesOf, partsOf } from './rule-parts.ts';
import type { RuleContext } from './rule-context.ts';
import { readDeclaredRules, type DeclaredRule } from './rule-table.ts';
import type { ShieldRule } from './shield.ts';
import { childType, collectRootFields, possibleTypes } from './touched-fields.ts';

/** What happens to one field of an operation for one caller. */
export interface ExplainedField {
  /** `Type.field`; of a root field with the name it is asked under, such as `Query.order as first`. */
  readonly field: string;
  /** Removed: never fetched. Guarded: decided object by object. */
  readonly outcome: 'removed' | 'guarded' | 'allowed';
  readonly rule: string;
  readonly origin: string;
  /** What each part of the rule said, or what it will read. */
  readonly because: readonly string[];
}

/** Explains what rules make of an operation for a caller, by deciding them once more. For development. */
export async function explainRules(
  module: PermissionsModule,
  { prepared, variables, context, snapshot }: AuthorizeInput,
  log: Logger,
): Promise<ExplainedField[]> {
  const { identity, headers, id } = context;
  const request: RuleContext = { identity, headers, requestId: id };
  const judge = createJudge({
    identity,
    context: (await module.context?.(request)) ?? request,
    options: module.permissions?.options ?? {},
    log,
  });
  const rules = readDeclaredRules(sourceOf(snapshot, module));
  const { apiSchema } = snapshot;
  const root = apiSchema.getRootType(prepared.operation.operation);
  if (!root) return [];
  const atRoot = [...collectRootFields(prepared, variables)].flatMap(([responseName, node]) => {
    const name = node.name.value;
    const definition = root.getFields()[name];
    if (!definition) return [];
    const coordinate = `${root.name}.${name}`;
    const field = responseName === name ? coordinate : `${coordinate} as ${responseName}`;
    const args = getArgumentValues(definition, node, variables);
    return [explainField({ field, declared: rules.get(coordinate), judge, args })];
  });
  const below = [...collectCoordinates(prepared, apiSchema)]
    .sort()
    .map((field) => explainField({ field, declared: rules.get(field), judge }));
  return Promise.all([...atRoot, ...below]);
}

interface FieldInput {
  readonly field: string;
  readonly declared: DeclaredRule | undefined;
  readonly judge: Judge;
  /** Of a root field. */
  readonly args?: Readonly<Record<string, unknown>>;
}

async function explainField(input: FieldInput): Promise<ExplainedField> {
  const { field, declared } = input;
  if (!declared || declared.origins.join() === 'none') {
    return { field, outcome: 'allowed', rule: 'none', origin: 'none', because: [] };
  }
  const { rule, origins } = declared;
  const verdict = await decide(rule, input);
  const outcome = verdict === undefined ? 'guarded' : verdict === true ? 'allowed' : 'removed';
  const leaves = [...new Map(leavesOf(rule).map((leaf) => [leaf.name, leaf])).values()];
  const because = await Promise.all(
    leaves.map(async (leaf) => {
      const own = leaf as unknown as ShieldRule;
      return `${leaf.name}: ${describe(await decide(own, input), own)}`;
    }),
  );
  const isPlain = partsOf(rule)?.kind === 'allow' || partsOf(rule)?.kind === 'deny';
  return {
    field,
    outcome,
    rule: printRule(rule),
    origin: origins.join('+'),
    because: isPlain ? [] : because,
  };
}

async function decide(rule: ShieldRule, { judge, args }: FieldInput): Promise<Verdict | undefined> {
  if (args === undefined) return judge.decideEarly(compileRule(rule));
  return verdictAbout(await judge.decide(compileRule(rule), { parent: undefined, args, info: {} }));
}

function describe(verdict: Verdict | undefined, leaf: ShieldRule): string {
  if (verdict === undefined) {
    const reads = printInputs(leaf);
    return reads ? `of each object, by ${reads}` : 'of each object';
  }
  if (verdict === true) return 'yes';
  return verdict === false ? 'no' : `no, "${verdict.message}"`;
}

/** Coordinates of all fields below the root, by every object type that may stand there. */
function collectCoordinates(
  prepared: AuthorizeInput['prepared'],
  schema: AuthorizeInput['snapshot']['apiSchema'],
): Set<string> {
  const fragments = fragmentsOf(prepared.document);
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (set: SelectionSetNode, type: GraphQLCompositeType, isRoot: boolean): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        if (!isRoot && !name.startsWith('__')) {
          for (const each of possibleTypes(schema, type)) found.add(`${each.name}.${name}`);
        }
        const child = name.startsWith('__') ? undefined : childType(type, name, schema);
        if (child && selection.selectionSet) visit(selection.selectionSet, child, false);
        continue;
      }
      const key = selection.kind === Kind.FRAGMENT_SPREAD ? selection.name.value : undefined;
      if (key !== undefined && seen.has(`${key} ${isRoot}`)) continue;
      if (key !== undefined) seen.add(`${key} ${isRoot}`);
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (!fragment) continue;
      const on = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
      visit(fragment.selectionSet, isCompositeType(on) ? on : type, isRoot);
    }
  };
  const root = schema.getRootType(prepared.operation.operation);
  if (root) visit(prepared.operation.selectionSet, root, true);
  return found;
}

/** Writes an explanation for people: a line a field, what is removed first. */
export function printExplanation(
  fields: readonly ExplainedField[],
  identity: AuthorizeInput['context']['identity'],
): string {
  const { kind, subject, roles, scopes } = identity;
  const who = [
    `Asked by ${kind}${subject === null ? '' : ` ${subject}`}`,
    `roles: ${roles.join(' ') || 'none'}`,
    `scopes: ${scopes.join(' ') || 'none'}`,
  ].join('; ');
  const width = Math.max(0, ...fields.map(({ field }) => field.length));
  const lines = (['removed', 'guarded', 'allowed'] as const).flatMap((outcome) =>
    fields
      .filter((each) => each.outcome === outcome)
      .flatMap(({ field, rule, origin, because }) => [
        `${outcome}  ${field.padEnd(width)}  ${rule === 'none' ? 'no rule' : `${rule} (${origin})`}`,
        ...(because.length > 1 || outcome !== 'allowed'
          ? because.map((each) => `         ${each}`)
          : []),
      ]),
  );
  return `${[who, ...lines].join('\n')}\n`;
}
