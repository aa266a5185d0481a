import { Kind } from 'graphql';
import type { FieldNode, SelectionNode } from 'graphql';
import type { InternalNames } from '../planning/internal-names.ts';
import { ruleInputPrefix } from '../request.ts';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import { atPlace, type Position } from './position.ts';
import { compileRead, type ReadField } from './read-field.ts';
import { isJsonObject, type Run } from './run.ts';
import type { TypeRelations } from './type-relations.ts';

/** Reads what a rule's fragment asked for. */
export interface InputReader {
  /** What did not come is null. */
  read(run: Run, object: JsonObject): Record<string, unknown>;
  /** A value for a Map: equal only where the same was read. Cheaper than what was read. */
  readKey(run: Run, object: JsonObject): unknown;
}

export interface InputScope {
  readonly names: InternalNames;
  readonly types: TypeRelations;
  /** Takes every step that something is read from. */
  readonly addStep: (step: number) => void;
  /** Takes every place that is read, as `position.id name`. */
  readonly addRead: (key: string) => void;
}

interface Input {
  readonly responseName: string;
  readonly read: ReadField;
  /** Reads the fields of its objects. Undefined for leaves. */
  readonly inner: InputReader | undefined;
  /** The key where there is no object to look into: another one at each level. */
  readonly noObject: symbol;
}

/** Where selections are read. */
interface InputPlace {
  readonly position: Position;
  /** Undefined: of whatever type. */
  readonly typeName: string | undefined;
  /** How far below the parent. */
  readonly depth: number;
}

/** Compiles the reading of what rules ask for of the parents of one type at a position. */
export function compileInputs(
  selections: readonly SelectionNode[],
  at: Pick<InputPlace, 'position' | 'typeName'>,
  scope: InputScope,
): InputReader {
  return compileLevel(selections, { ...at, depth: 0 }, scope);
}

function compileLevel(
  selections: readonly SelectionNode[],
  at: InputPlace,
  scope: InputScope,
): InputReader {
  const inputs = [...collectInputs(selections, at.typeName, scope.types)].map(
    ([responseName, nodes]) => compileInput(responseName, nodes, { ...at, scope }),
  );
  return {
    read(run, object) {
      const values: Record<string, unknown> = {};
      for (const { responseName, read, inner } of inputs) {
        const value = read(run, object);
        values[responseName] = inner ? readInside(run, value, inner) : (value ?? null);
      }
      return values;
    },
    readKey: compileKey(inputs),
  };
}

function compileInput(
  responseName: string,
  nodes: readonly FieldNode[],
  { position, typeName, depth, scope }: InputPlace & { readonly scope: InputScope },
): Input {
  const [node] = nodes;
  const noObject = Symbol(`${depth}`);
  if (!node) return { responseName, read: () => null, inner: undefined, noObject };
  const name = node.name.value === '__typename' ? '__typename' : scope.names.of(node);
  const sources = position.sources(name, typeName);
  for (const { step } of sources) if (step !== atPlace) scope.addStep(step);
  scope.addRead(`${position.id} ${name}`);
  const below = nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  const inside = { position: position.child(name), typeName: undefined, depth: depth + 1 };
  return {
    responseName,
    read: compileRead(sources),
    inner: below.length === 0 ? undefined : compileLevel(below, inside, scope),
    noObject,
  };
}

function readInside(run: Run, value: JsonValue | undefined, inner: InputReader): unknown {
  if (Array.isArray(value)) return value.map((item: JsonValue) => readInside(run, item, inner));
  return isJsonObject(value) ? inner.read(run, value) : null;
}

/** One input is its own key; several are written one behind the other, each so that its end can be told. */
function compileKey(inputs: readonly Input[]): InputReader['readKey'] {
  const [only] = inputs;
  if (!only) return () => null;
  const { read, inner } = only;
  if (inputs.length === 1 && !inner) return (run, object) => read(run, object) ?? null;
  if (inputs.length === 1) return (run, object) => keyOf(run, only, object);
  return (run, object) => {
    let text = '';
    for (const input of inputs) {
      const key = keyOf(run, input, object);
      if (typeof key === 'string') text += `${key.length}:${key}`;
      else if (typeof key === 'symbol') text += `~${key.description},`;
      // Of several inputs none may stand for all.
      else if (typeof key === 'object' && key !== null) return {};
      else text += `${String(key)},`;
    }
    return text;
  };
}

/** What is a list, or a scalar of parts, equals itself alone. */
function keyOf(run: Run, { read, inner, noObject }: Input, object: JsonObject): unknown {
  const value = read(run, object) ?? null;
  if (!inner || Array.isArray(value)) return value;
  return isJsonObject(value) ? inner.readKey(run, value) : noObject;
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
