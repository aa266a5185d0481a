import { z } from 'zod';
import { readYamlFile } from '../read-yaml-file.ts';
import type { Problem } from '../report/problem.ts';
import type { Terminal } from '../terminal.ts';

const acceptedFile = z.strictObject({
  accepted: z.array(
    z.strictObject({
      /** Code of the finding, such as `RULE_ON_NON_NULL_FIELD`. */
      code: z.string().min(1),
      /** `Type.field`; a `*` stands for any letters. */
      coordinate: z.string().min(1),
      reason: z.string().min(10, 'say why in at least ten letters'),
    }),
  ),
});

/** A finding that is meant to be so. */
export type Accepted = z.output<typeof acceptedFile>['accepted'][number];

/** @throws CommandError when the file cannot be read, or an entry lacks its reason */
export async function readAccepted(file: string, terminal: Terminal): Promise<Accepted[]> {
  const given = { schema: acceptedFile, empty: { accepted: [] } };
  return (await readYamlFile(file, given, terminal)).accepted;
}

/** Findings after what is accepted: a note with the reason. What accepts nothing fails, so that it is cleaned up. */
export function applyAccepted(problems: Problem[], accepted: readonly Accepted[]): Problem[] {
  const used = new Set<Accepted>();
  const judged = problems.map((problem): Problem => {
    const entry = accepted.find(
      ({ code, coordinate }) => code === problem.code && matches(coordinate, problem.coordinate),
    );
    if (!entry) return problem;
    used.add(entry);
    return {
      ...problem,
      severity: 'info',
      message: `${problem.message}\nAccepted: ${entry.reason}`,
    };
  });
  const unused = accepted.filter((entry) => !used.has(entry));
  return [
    ...judged,
    ...unused.map(({ code, coordinate }): Problem => ({
      code: 'ACCEPTED_UNUSED',
      severity: 'error',
      message: `${code} is accepted for ${coordinate}, where it is not found any more: remove the entry.`,
      coordinate,
      subgraphs: [],
      places: [],
    })),
  ];
}

function matches(pattern: string, coordinate: string | undefined): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return coordinate !== undefined && new RegExp(`^${parts.join('.*')}$`).test(coordinate);
}
