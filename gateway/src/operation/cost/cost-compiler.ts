import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { z } from 'zod';
import type { OperationCost } from '../prepared-operation.ts';
import type { Snapshot } from '../../supergraph/snapshot.ts';
import type { operationOptions } from '../options.ts';
import { compileCost } from './compile-cost.ts';
import { readCostTable, type CostTable } from './read-cost-table.ts';

export type CostSettings = z.output<typeof operationOptions>['cost'];

export interface CostCompiler {
  /** Gives an operation its cost. It is compiled when somebody first asks for it. */
  costOf(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    snapshot: Snapshot,
  ): OperationCost;
  /** Reads the weights of a supergraph before anybody asks. */
  open(snapshot: Snapshot): void;
}

export function createCostCompiler(settings: CostSettings): CostCompiler {
  const tables = new WeakMap<Snapshot, CostTable>();
  const defaults = {
    listSize: settings.defaultListSize,
    mutation: settings.mutationCost,
    pageArguments: settings.pageArguments,
  };

  function tableOf(snapshot: Snapshot): CostTable {
    let table = tables.get(snapshot);
    if (!table) {
      table = readCostTable(snapshot.sdl ?? '', snapshot.apiSchema, snapshot.document);
      tables.set(snapshot, table);
    }
    return table;
  }

  return {
    open: (snapshot) => void tableOf(snapshot),
    costOf(document, operation, snapshot) {
      let compiled: OperationCost | undefined;
      const compile = (): OperationCost => {
        const table = tableOf(snapshot);
        const schema = snapshot.apiSchema;
        return (compiled ??= compileCost({ document, operation, schema, table, defaults }));
      };
      return {
        estimate: (variables) => (compiled ?? compile()).estimate(variables),
        actual: (variables, data) => (compiled ?? compile()).actual(variables, data),
      };
    },
  };
}
