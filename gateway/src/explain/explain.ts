import type { Executable } from '../execution/engine.ts';
import { createExecutionTrace, type ExecutionTrace } from '../execution/execution-trace.ts';
import type { AuthorizeInput } from '../authorization/authorize-input.ts';
import type { Answer, IncomingOperation } from '../request.ts';

/** Shows clients how their operation was answered, where that is allowed (docs/lifecycle.md, "Seeing the plan"). */
export interface Explain {
  /** @returns a trace to fill when the client asked for it with `trellis-query-plan: 1` */
  start(incoming: IncomingOperation): ExecutionTrace | undefined;
  /** Adds `extensions.trellis` with the printed plan, the filled trace and what the rules said. */
  finish(answer: Answer, done: Explained): Promise<Answer>;
}

/** What there is to explain. */
export interface Explained {
  readonly executable: Executable;
  readonly trace: ExecutionTrace;
  readonly asked: AuthorizeInput;
}

export const explainHeader = 'trellis-query-plan';

/** @param explainAccess writes which fields were removed, guarded and allowed, by which rule */
export function createExplain(explainAccess: (asked: AuthorizeInput) => Promise<string>): Explain {
  return {
    start(incoming) {
      return incoming.headers[explainHeader] === '1' ? createExecutionTrace() : undefined;
    },
    async finish(answer, { executable, trace, asked }) {
      const body = JSON.parse(answer.body) as { readonly extensions?: object };
      const authorization = await explainAccess(asked);
      const trellis = { plan: executable.printedPlan ?? null, trace, authorization };
      return {
        ...answer,
        body: JSON.stringify({ ...body, extensions: { ...body.extensions, trellis } }),
      };
    },
  };
}
