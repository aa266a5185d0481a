import type { Answer, IncomingOperation } from '../request.ts';

/** Whether the client wants all of the answer or nothing: request extension `{"trellis": {"partial": false}}`. */
export function wantsWholeAnswer({ extensions }: Pick<IncomingOperation, 'extensions'>): boolean {
  const ours = extensions?.['trellis'];
  return (
    typeof ours === 'object' && ours !== null && (ours as { partial?: unknown }).partial === false
  );
}

/** Takes the data out of an answer that has errors; the errors stay, with the places they concern. */
export function failAsAWhole<Given extends Answer>(answer: Given): Given {
  if (answer.errorCount === 0) return answer;
  const body = JSON.parse(answer.body) as { readonly errors?: unknown; readonly data?: unknown };
  return { ...answer, body: JSON.stringify({ ...body, data: null }) };
}
