import type { Problem } from '../report/problem.ts';
import type { DescribedField } from './inspect.ts';

const header =
  '# Who may see which field: `trellis authorization report --write` made this file. Review its changes.\n';

/** What a snapshot says of a field. */
interface Kept {
  origin: string;
  rule: string;
}

/** Writes a snapshot: a line a field, sorted, so that a change of a rule is a change of one line. */
export function writeSnapshot(fields: readonly DescribedField[]): string {
  const lines = fields.map(({ coordinate, origin, rule }) =>
    origin === 'none' ? `${coordinate} none` : `${coordinate} ${origin} ${rule}`,
  );
  return `${header}${lines.join('\n')}\n`;
}

/** Reads what {@link writeSnapshot} wrote; comments and empty lines are passed over. */
export function parseSnapshot(text: string): Map<string, Kept> {
  return new Map(
    text.split(/\r?\n/).flatMap((line): [string, Kept][] => {
      if (line.trim() === '' || line.startsWith('#')) return [];
      const [coordinate = '', origin = 'none', ...rule] = line.split(' ');
      return [[coordinate, { origin, rule: rule.join(' ') || 'none' }]];
    }),
  );
}

/** What differs from the snapshot, as findings; all of them fail. */
export function compareSnapshot(
  fields: readonly DescribedField[],
  kept: ReadonlyMap<string, Kept>,
): Problem[] {
  const current = new Set(fields.map(({ coordinate }) => coordinate));
  const gone = [...kept.keys()].filter((coordinate) => !current.has(coordinate));
  return [
    ...fields.flatMap((field) => compareField(field, kept.get(field.coordinate))),
    ...gone.map((coordinate) =>
      finding(
        'FIELD_GONE',
        coordinate,
        `${coordinate} is in the snapshot, but no field of the graph.`,
      ),
    ),
  ];
}

function compareField(
  { coordinate, origin, rule }: DescribedField,
  kept: Kept | undefined,
): Problem[] {
  const isUnruled = origin === 'none';
  if (!kept) {
    return isUnruled
      ? [
          finding(
            'FIELD_WITHOUT_RULE',
            coordinate,
            `${coordinate} is new and has no rule: anybody may see it.`,
          ),
        ]
      : [
          finding(
            'RULE_ADDED',
            coordinate,
            `${coordinate} is new, with the rule ${rule} (${origin}).`,
          ),
        ];
  }
  if (kept.rule === rule && kept.origin === origin) return [];
  const was = kept.origin === 'none' ? 'no rule' : `${kept.rule} (${kept.origin})`;
  return isUnruled
    ? [finding('RULE_REMOVED', coordinate, `${coordinate} has no rule any more; it had ${was}.`)]
    : [
        finding(
          'RULE_CHANGED',
          coordinate,
          `${coordinate} has ${rule} (${origin}); the snapshot says ${was}.`,
        ),
      ];
}

function finding(code: string, coordinate: string, message: string): Problem {
  return { code, severity: 'error', message, coordinate, subgraphs: [], places: [] };
}
