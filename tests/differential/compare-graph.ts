import { FederatedGraph, type Mode } from './federated-graph.ts';
import type { GraphSpec } from './graph-spec.ts';
import { writeOperation, type Operation, type OperationSpec } from './operation-spec.ts';
import { findDifference, findOutageFault, type Outcome } from './outcome.ts';
import { reduceOperation } from './reduce-operation.ts';

/** Of this many operations one is asked again while a subgraph request fails. */
const operationsPerOutage = 4;

/**
 * Asks the monolith and the engine the same operations.
 * @returns how many were compared
 * @throws Error that shows the graph, the operation made as small as possible, and both answers
 */
export async function compareGraph(
  graph: GraphSpec,
  specs: readonly OperationSpec[],
  mode: Mode,
): Promise<number> {
  const federated = new FederatedGraph(graph, mode);
  try {
    const operations = specs.map((spec) => writeOperation(federated.monolith, spec));
    return await compareOperations(federated, operations, mode);
  } finally {
    await federated.close();
  }
}

/** A graph whole and in parts. */
export type ComparedGraph = Pick<
  FederatedGraph,
  'monolith' | 'subgraphs' | 'askMonolith' | 'askEngine'
> & {
  /** Whether fields are computed from what other fields of their object lead to: an error is told at those. */
  readonly readsNeighbours?: boolean;
};

/**
 * Asks both sides of a graph the same operations.
 * @returns how many were compared
 * @throws Error that shows the graph, the operation made as small as possible, and both answers
 */
export async function compareOperations(
  federated: ComparedGraph,
  texts: readonly Operation[],
  mode: Mode,
): Promise<number> {
  const operations = texts.flatMap(variantsOf);
  for (let at = 0; at < operations.length; at += mode.concurrency) {
    const together = operations.slice(at, at + mode.concurrency);
    await Promise.all(together.map((operation) => compare(federated, operation)));
  }
  const interrupted = operations.filter(
    ({ text }, at) => at % operationsPerOutage === 0 && text.startsWith('query'),
  );
  for (const [at, operation] of interrupted.entries()) {
    await compareOutage(federated, operation, at % 3);
  }
  return operations.length;
}

/** An operation with variables is asked with others as well: its plan must hold for all. */
function variantsOf(operation: Operation): readonly Operation[] {
  const { flag, number, id } = operation.variables;
  const changed = {
    ...(flag === undefined ? {} : { flag: !flag }),
    ...(number === undefined ? {} : { number: Number(number) + 1 }),
    ...(id === undefined ? {} : { id: String(Number(id) + 1) }),
  };
  if (Object.keys(changed).length === 0) return [operation];
  return [operation, { ...operation, variables: { ...operation.variables, ...changed } }];
}

async function compare(federated: ComparedGraph, operation: Operation): Promise<void> {
  const [expected, actual] = await askBoth(federated, operation);
  const note = findFault(expected, actual);
  if (note === undefined) return;
  const fails = async (smaller: Operation): Promise<boolean> =>
    findFault(...(await askBoth(federated, smaller))) !== undefined;
  if (!(await fails(operation))) {
    // What goes wrong among others only cannot be made smaller alone.
    const among = `${note}, only among other operations`;
    throw report(federated, operation, { expected, actual, note: among });
  }
  const small = await reduceOperation(federated.monolith, operation, fails);
  const [smallExpected, smallActual] = await askBoth(federated, small);
  throw report(federated, small, {
    expected: smallExpected,
    actual: smallActual,
    note: findFault(smallExpected, smallActual) ?? note,
  });
}

function findFault(expected: Outcome, actual: Answered): string | undefined {
  return 'thrown' in actual ? actual.thrown : findDifference(expected, actual);
}

type Answered = Outcome | { readonly thrown: string };

async function askBoth(
  federated: ComparedGraph,
  operation: Operation,
): Promise<readonly [expected: Outcome, actual: Answered]> {
  return [await federated.askMonolith(operation), await answerOf(federated.askEngine(operation))];
}

/** An engine that throws has given an answer too: a wrong one. */
function answerOf(outcome: Promise<Outcome>): Promise<Answered> {
  return outcome.catch((error: unknown) => ({
    thrown: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
}

/** One subgraph request finds nobody: no value may be wrong, and none null without a reason. */
async function compareOutage(
  federated: ComparedGraph,
  operation: Operation,
  failing: number,
): Promise<void> {
  const faultOf = async (each: Operation): Promise<string | undefined> => {
    const complete = await federated.askMonolith(each);
    const actual = await answerOf(federated.askEngine(each, failing));
    return 'thrown' in actual
      ? actual.thrown
      : findOutageFault(complete, actual, federated.readsNeighbours ? 1 : 0);
  };
  if ((await faultOf(operation)) === undefined) return;
  const small = await reduceOperation(
    federated.monolith,
    operation,
    async (each) => (await faultOf(each)) !== undefined,
  );
  const [expected, actual] = [
    await federated.askMonolith(small),
    await answerOf(federated.askEngine(small, failing)),
  ];
  const note = `while subgraph request ${failing} fails: ${await faultOf(small)}`;
  throw report(federated, small, { expected, actual, note });
}

interface Difference {
  readonly expected: Answered;
  readonly actual: Answered;
  readonly note: string;
}

function report(
  { subgraphs }: ComparedGraph,
  { text, variables }: Operation,
  { expected, actual, note }: Difference,
): Error {
  const schemas = subgraphs.map(({ name, sdl }) => `# ${name}\n${sdl}`).join('\n');
  return new Error(
    [
      schemas,
      text,
      `variables ${JSON.stringify(variables)}`,
      `expected ${JSON.stringify(expected)}`,
      `actual   ${JSON.stringify(actual)}`,
      note,
    ].join('\n'),
  );
}
