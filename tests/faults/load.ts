import { productsQuery, readProducts } from './check-row.ts';
import type { FaultGraph } from './fault-graph.ts';

/** Clients that ask without a pause until they are told to stop. */
export interface Load {
  answered: number;
  /** Answers that were not whole, as they came. */
  readonly failures: string[];
  end(): Promise<void>;
}

/** @param clients how many ask at once; the first of them sends mutations where that is wanted */
export function putLoad({ ask }: FaultGraph, clients = 4, withMutations = false): Load {
  let isRunning = true;
  const failures: string[] = [];
  const running = Array.from({ length: clients }, async (_each, client) => {
    while (isRunning) {
      const isMutation = withMutations && client === 0;
      const answer = await ask(isMutation ? 'mutation { reserve(id: "1") }' : productsQuery);
      const isWhole = isMutation
        ? answer.body.data?.['reserve'] === true
        : readProducts(answer).inStock.join() === 'true,false,true';
      if (answer.body.errors !== undefined || !isWhole) failures.push(answer.text);
      load.answered += 1;
      // What is refused at once must not keep everybody else from their turn.
      await new Promise(setImmediate);
    }
  });
  const load: Load = {
    answered: 0,
    failures,
    async end() {
      isRunning = false;
      await Promise.all(running);
    },
  };
  return load;
}
