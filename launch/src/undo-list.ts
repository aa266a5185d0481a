export type UndoStep = () => Promise<void> | void;

/** How to take back what was done so far, last thing first. */
export interface UndoList {
  /** Adds a step; when everything has been taken back already, it is run at once. */
  add(step: UndoStep): void;
  /** Runs all steps, once; every call resolves when they are done. */
  run(): Promise<void>;
}

export function createUndoList(): UndoList {
  const steps: UndoStep[] = [];
  let running: Promise<void> | undefined;
  const runAll = async (): Promise<void> => {
    for (let step = steps.pop(); step; step = steps.pop()) await step();
  };
  return {
    add(step) {
      steps.push(step);
      // Stopped in the middle of the start: what came up since goes down as well.
      if (running) running = running.then(runAll);
    },
    run: () => {
      running ??= runAll();
      const current = running;
      return current.then(() => (running === current ? undefined : running));
    },
  };
}
