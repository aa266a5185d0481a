import type { RequestRecord } from '../../channels.ts';
import type { Answer } from '../../request.ts';
import type { PreparedOperation } from '../prepared-operation.ts';
import type { CoercedVariables } from '../coerce-variables.ts';
import { actualCost } from './operation-cost.ts';

export interface AnsweredOperation {
  readonly prepared: PreparedOperation;
  readonly variables: CoercedVariables;
  readonly answer: Answer;
  readonly record: RequestRecord;
}

/** Tells what an operation has cost: a header of its answer. */
export type TellCost = (answered: AnsweredOperation) => void;

/** Returns what the settings want to be told; nothing where that is nothing. */
export function createTellCost(header: 'none' | 'estimated' | 'actual'): TellCost | undefined {
  if (header === 'none') return undefined;
  return function tellCost({ prepared, variables, answer, record }) {
    let value = `estimated=${record.cost ?? 0}`;
    if (header === 'actual') {
      const { data } = JSON.parse(answer.body) as { readonly data?: unknown };
      value += `, actual=${actualCost(prepared, variables, data)}`;
    }
    record.responseHeaders = [...(record.responseHeaders ?? []), 'x-operation-cost', value];
  };
}
