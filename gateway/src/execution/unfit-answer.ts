import type { Logger } from '@trellis/platform/log';
import type { GraphQLFormattedError } from 'graphql';
import { createLimitPerSecond } from '../limit-per-second.ts';

/** Something a subgraph answered that does not fit the schema, or what it was asked. Never with a value. */
export interface UnfitAnswer {
  readonly requestId: string;
  /** Known where an answer could not be used as a whole; then `errorId` stands in the errors of clients too. */
  readonly subgraph?: string;
  readonly errorId?: string;
  /** Sentences, each once. */
  readonly problems: readonly string[];
}

export type NoteUnfitAnswer = (unfit: UnfitAnswer) => void;

const maxLinesPerSecond = 5;
const maxProblems = 5;

/** Logs what does not fit: the transport cannot see it, and clients are told, but not whoever could mend it. */
export function logUnfitAnswers(log: Logger): NoteUnfitAnswer {
  const mayLog = createLimitPerSecond(maxLinesPerSecond);
  return (unfit) => {
    if (mayLog()) log.warn(unfit, 'a subgraph answered what does not fit the schema');
  };
}

/** Tells of values that could not be shown. Errors with an id are in the log already. */
export function noteUnfitValues(
  requestId: string,
  errors: readonly GraphQLFormattedError[],
  note: NoteUnfitAnswer,
): void {
  const messages = errors
    .filter(
      ({ extensions }) =>
        extensions?.['code'] === 'SUBGRAPH_MALFORMED_RESPONSE' && !extensions['errorId'],
    )
    .map(({ message }) => message);
  if (messages.length === 0) return;
  note({ requestId, problems: [...new Set(messages)].slice(0, maxProblems) });
}
