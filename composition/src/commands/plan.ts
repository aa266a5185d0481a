import { resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openSupergraph } from '../graph/open-supergraph.ts';
import { readSupergraph } from '../graph/read-supergraph.ts';
import type { KnownOperation } from '../operations/known-operation.ts';
import { readOperations } from '../operations/read-operations.ts';
import { splitDocuments } from '../operations/split-documents.ts';
import { estimateCost, readCostRules } from '../plan/estimate-cost.ts';
import { listFetches, type PlannedFetch } from '../plan/list-fetches.ts';
import { measurePlan, type PlanMeasure } from '../plan/measure-plan.ts';
import { createPlanOperation } from '../plan/plan-operation.ts';
import { printPlan } from '../plan/print-plan.ts';
import { createPaint } from '../report/paint.ts';
import type { Terminal } from '../terminal.ts';

export interface PlanOptions {
  supergraph: string;
  /** Name of one operation of the documents. */
  operation?: string;
  format: 'text' | 'json';
}

interface Planned {
  operation: string;
  measure: PlanMeasure;
  fetches: PlannedFetch[];
}

/** `trellis operation plan`: how the gateway would answer, request by request. */
export async function plan(
  documents: string[],
  options: PlanOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { sdl, shownAs } = await readSupergraph(options.supergraph, terminal);
  const graph = openSupergraph(sdl, shownAs);
  const planOperation = createPlanOperation(graph);
  const rules = readCostRules(sdl);
  const operations = await chosenOperations(documents, options, terminal);
  const planned = operations.map(({ name, document, origin }): Planned => {
    const result = planOperation(document);
    if ('invalid' in result) {
      throw new CommandError(
        `${origin}: ${name} does not fit ${shownAs}: ${result.invalid}`,
        exitCodes.findings,
      );
    }
    const fetches = listFetches(result.plan);
    return {
      operation: name,
      fetches,
      measure: measurePlan(fetches, estimateCost(document, graph.apiSchema(), rules)),
    };
  });
  if (options.format === 'json') terminal.out(`${JSON.stringify(planned, undefined, 2)}\n`);
  else for (const one of planned) terminal.out(planText(one, terminal));
  return exitCodes.passed;
}

async function chosenOperations(
  documents: string[],
  options: PlanOptions,
  terminal: Terminal,
): Promise<KnownOperation[]> {
  const isStdin = documents.length === 1 && documents[0] === '-';
  const operations = isStdin
    ? splitDocuments([{ origin: 'standard input', text: await terminal.readStdin() }])
    : await readOperations(
        { paths: documents.map((path) => resolve(terminal.cwd, path)), sinceDays: 365 },
        terminal,
      );
  const chosen = operations.filter(
    ({ name }) => options.operation === undefined || name === options.operation,
  );
  if (chosen.length > 0) return chosen;
  const names = operations.map(({ name }) => name).join(', ');
  throw new CommandError(
    options.operation === undefined
      ? `${documents.join(', ')}: holds no operation`
      : `there is no operation ${options.operation}; there are ${names}`,
  );
}

function planText({ operation, measure, fetches }: Planned, terminal: Terminal): string {
  const paint = createPaint(terminal.colours.out);
  const figures = `fetches ${measure.fetches}, waves ${measure.waves}, entity fetches ${measure.entityFetches}, estimated cost ${measure.cost}`;
  return `${paint('bold', operation)}: ${figures}\n${printPlan(fetches)}\n`;
}
