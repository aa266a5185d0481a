import type { Answer, IncomingOperation } from '../request.ts';
import type { Executable } from '../execution/engine.ts';
import { createExecutionTrace, type ExecutionTrace } from '../execution/execution-trace.ts';

/** Shows clients how their operation was answered, where that is allowed (docs/lifecycle.md, "Seeing the plan"). */
export interface Explain {
  /** @returns a trace to fill when the client asked for it with `trellis-query-plan: 1` */
  start(incoming: IncomingOperation): ExecutionTrace | undefined;
  /** Adds `extensions.trellis` with the printed plan and the filled trace. */
  finish(answer: Answer, executable: Executable, trace: ExecutionTrace): Answer;
}

export const explainHeader = 'trellis-query-plan';

export const explain: Explain = {
  start(incoming) {
    return incoming.headers[explainHeader] === '1' ? createExecutionTrace() : undefined;
  },
  finish(answer, executable, trace) {
    const body = JSON.parse(answer.body) as { readonly extensions?: object };
    const trellis = { plan: executable.printedPlan ?? null, trace };
    return {
      ...answer,
      body: JSON.stringify({ ...body, extensions: { ...body.extensions, trellis } }),
    };
  },
};
