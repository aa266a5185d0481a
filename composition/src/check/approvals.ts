import { z } from 'zod';
import { readYamlFile } from '../read-yaml-file.ts';
import type { Problem } from '../report/problem.ts';
import type { Terminal } from '../terminal.ts';

const approvalFile = z.strictObject({
  approvals: z.array(
    z.strictObject({
      /** Code of the finding, such as `FIELD_REMOVED` or `PLAN_COST_REGRESSION`. */
      code: z.string().min(1),
      /** Coordinate or operation name. */
      path: z.string().min(1),
      reason: z.string().min(10, 'say why in at least ten letters'),
      expires: z.union([
        z.iso.date(),
        z.date().transform((date) => date.toISOString().slice(0, 10)),
      ]),
      approvedBy: z.string().optional(),
    }),
  ),
});

/** A finding that someone takes responsibility for, until a day. */
export type Approval = z.output<typeof approvalFile>['approvals'][number];

/**
 * Reads the approvals file.
 * @throws CommandError when it cannot be read, or an approval lacks reason or expiry
 */
export async function readApprovals(file: string, terminal: Terminal): Promise<Approval[]> {
  const given = { schema: approvalFile, empty: { approvals: [] } };
  return (await readYamlFile(file, given, terminal)).approvals;
}

/**
 * Findings after approvals: an approved error is a note with the reason; an expired approval no longer helps and
 * says so; one that matches nothing is named, so that it is cleaned up.
 * @param today ISO day
 */
export function applyApprovals(
  problems: Problem[],
  approvals: Approval[],
  today: string,
): Problem[] {
  const matched = new Set<Approval>();
  const judged = problems.map((problem): Problem => {
    const approval = approvals.find(
      ({ code, path }) => code === problem.code && path === problem.coordinate,
    );
    if (!approval || problem.severity !== 'error') return problem;
    matched.add(approval);
    if (approval.expires < today) {
      return {
        ...problem,
        message: `${problem.message}\nIts approval expired on ${approval.expires}.`,
      };
    }
    const by = approval.approvedBy === undefined ? '' : ` by ${approval.approvedBy}`;
    const note = `Approved${by} until ${approval.expires}: ${approval.reason}`;
    return { ...problem, severity: 'info', message: `${problem.message}\n${note}` };
  });
  const unused = approvals
    .filter((approval) => !matched.has(approval))
    .map(({ code, path }): Problem => ({
      code: 'APPROVAL_UNUSED',
      severity: 'info',
      message: `The approval of ${code} ${path} matches no finding and can be removed.`,
      subgraphs: [],
      places: [],
    }));
  return [...judged, ...unused];
}
