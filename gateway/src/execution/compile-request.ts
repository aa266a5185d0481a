import { createHash } from 'node:crypto';
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import type { FetchStep } from '../planning/plan.ts';
import type { CoercedVariables } from './engine.ts';
import { oneByte } from '../one-byte.ts';
import { writeJson, writeString } from './write-json.ts';

/** A subgraph operation with its constant part already JSON. */
export interface RequestText {
  /** The fields at its root, by response name. */
  readonly fields: readonly string[];
  /**
   * Writes the body.
   * @param representations per entity selection: a JSON list, brackets included. Empty for root fetches.
   */
  body(variables: CoercedVariables, representations: readonly string[]): string;
  /** Equal for requests of equal text and variables, whatever their representations and whichever plan they are of. */
  identify(variables: CoercedVariables): string;
}

const representationsVariable = 'representations';

/** Prepares the request of one step that travels alone. */
export function compileRequest(step: FetchStep): RequestText {
  if (step.requires) return requestText([step], ['_entities'], step.operation);
  const { selectionSet } = operationOf(parse(step.operation, { noLocation: true }));
  const fields = selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.alias?.value ?? selection.name.value] : [],
  );
  return requestText([step], fields, step.operation);
}

/**
 * Prepares one request for several entity selections: each becomes `_entities` under an alias of its own, with its own
 * list of representations.
 */
export function compileMergedRequest(steps: readonly FetchStep[]): RequestText {
  const documents = steps.map((step, at) =>
    withAlias(parse(step.operation, { noLocation: true }), at),
  );
  const operations = documents.map(operationOf);
  const [first] = operations;
  if (!first) throw new Error('A request needs a step.');
  const definitions = new Map(
    operations
      .flatMap((operation) => operation.variableDefinitions ?? [])
      .map((definition) => [definition.variable.name.value, definition]),
  );
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: first.operation,
    variableDefinitions: [...definitions.values()],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: operations.flatMap((each) => each.selectionSet.selections),
    },
  };
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation] };
  const fields = steps.map((_step, at) => entitiesAlias(at));
  return requestText(steps, fields, stripIgnoredCharacters(print(document)));
}

/** The response name of one of several entity selections in a request. */
export function entitiesAlias(at: number): string {
  return `_entities${at}`;
}

function withAlias(document: DocumentNode, at: number): DocumentNode {
  const operation = operationOf(document);
  const rename = (name: string): string =>
    name === representationsVariable ? `${representationsVariable}${at}` : name;
  const renamed: OperationDefinitionNode = visit(operation, {
    Variable: (variable) => ({
      ...variable,
      name: { ...variable.name, value: rename(variable.name.value) },
    }),
  });
  const [entities] = renamed.selectionSet.selections;
  if (entities?.kind !== Kind.FIELD) throw new Error('An entity fetch selects _entities.');
  const aliased: FieldNode = { ...entities, alias: { kind: Kind.NAME, value: entitiesAlias(at) } };
  const selectionSet = { kind: Kind.SELECTION_SET as const, selections: [aliased] };
  return { kind: Kind.DOCUMENT, definitions: [{ ...renamed, selectionSet }] };
}

function operationOf(document: DocumentNode): OperationDefinitionNode {
  const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('A fetch has no operation.');
  return operation;
}

function requestText(
  steps: readonly FetchStep[],
  fields: readonly string[],
  text: string,
): RequestText {
  const start = oneByte(`{"query":${writeString(text)}`);
  const names = new Set(steps.flatMap((step) => step.variables));
  names.delete(representationsVariable);
  const variableKeys = [...names].map((name) => [name, `${writeString(name)}:`] as const);
  const listKeys = steps.map((step, at) => {
    if (!step.requires) return '';
    return steps.length === 1
      ? `"${representationsVariable}":`
      : `"${representationsVariable}${at}":`;
  });
  const id = createHash('sha256').update(start).digest('base64url');

  function writeVariables(variables: CoercedVariables): string {
    let values = '';
    for (const [name, key] of variableKeys) {
      if (variables[name] === undefined) continue;
      values += `${values === '' ? '' : ','}${key}${writeJson(variables[name])}`;
    }
    return values;
  }

  return {
    fields,
    body(variables, representations) {
      let values = '';
      representations.forEach((list, at) => {
        values += `${values === '' ? '' : ','}${listKeys[at]}${list}`;
      });
      const others = writeVariables(variables);
      if (others !== '') values += `${values === '' ? '' : ','}${others}`;
      return values === '' ? `${start}}` : `${start},"variables":{${values}}}`;
    },
    identify: (variables) => (variableKeys.length === 0 ? id : id + writeVariables(variables)),
  };
}
