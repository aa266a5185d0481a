import { Kind } from 'graphql';
import type { FieldNode, SelectionNode } from 'graphql';
import type { InternalNames } from '../planning/internal-names.ts';
import { ruleInputPrefix } from '../request.ts';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import { atPlace, type Position } from './position.ts';
import { compileRead } from './read-field.ts';
import { isJsonObject, type Run } from './run.ts';
import type { TypeRelations } from './type-relations.ts';

/** Reads what a rule's fragment asked for. What did not come is null. */
export type ReadInputs = (run: Run, object: JsonObject) => Record<string, unknown>;

export interface InputScope {
  readonly names: InternalNames;
  readonly types: TypeRelations;
  /** Takes every step that something is read from. */
  readonly addStep: (step: number) => void;
  /** Takes every place that is read, as `position.id name`. */
  readonly addRead: (key: string) => void;
}

/** Compiles the reading of selections at a position. Without a type those of every type are read. */
export function compileInputs(
  selections: readonly SelectionNode[],
  at: { readonly position: Position; readonly typeName: string | undefined },
  scope: InputScope,
): ReadInputs {
  const readers = [...collectInputs(selections, at.typeName, scope.types)].map(
    ([responseName, nodes]) => {
      const read = compileInput(nodes, at, scope);
      return { responseName, read };
    },
  );
  return (run, object) => {
    const inputs: Record<string, unknown> = {};
    for (const { responseName, read } of readers) inputs[responseName] = read(run, object);
    return inputs;
  };
}

function compileInput(
  nodes: readonly FieldNode[],
  { position, typeName }: { readonly position: Position; readonly typeName: string | undefined },
  scope: InputScope,
): (run: Run, object: JsonObject) => unknown {
  const [node] = nodes;
  if (!node) return () => null;
  const name = node.name.value === '__typename' ? '__typename' : scope.names.of(node);
  const sources = position.sources(name, typeName);
  for (const { step } of sources) if (step !== atPlace) scope.addStep(step);
  scope.addRead(`${position.id} ${name}`);
  const read = compileRead(sources);
  const inner = nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  if (inner.length === 0) return (run, object) => read(run, object) ?? null;
  const readInner = compileInputs(
    inner,
    { position: position.child(name), typeName: undefined },
    scope,
  );
  const map = (run: Run, value: JsonValue | undefined): unknown => {
    if (Array.isArray(value)) return value.map((item: JsonValue) => map(run, item));
    return isJsonObject(value) ? readInner(run, value) : null;
  };
  return (run, object) => map(run, read(run, object));
}

function collectInputs(
  selections: readonly SelectionNode[],
  typeName: string | undefined,
  types: TypeRelations,
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const collect = (level: readonly SelectionNode[]): void => {
    for (const selection of level) {
      if (selection.kind === Kind.FIELD) {
        const alias = selection.alias?.value ?? selection.name.value;
        const isApart = alias.startsWith(ruleInputPrefix);
        const responseName = isApart ? alias.slice(ruleInputPrefix.length) : alias;
        fields.set(responseName, [...(fields.get(responseName) ?? []), selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value;
        if (on === undefined || typeName === undefined || types.fits(on, typeName)) {
          collect(selection.selectionSet.selections);
        }
      }
    }
  };
  collect(selections);
  return fields;
}
