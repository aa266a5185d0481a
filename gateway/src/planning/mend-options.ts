import { SelectionSet } from '@apollo/federation-internals';

/** A way to a selection: paths that together reach all objects there. The package does not export the class. */
interface Option {
  readonly paths: readonly Path[];
}
interface Path {
  /** The type and subgraph it has reached. */
  readonly tail: object;
  subgraphJumps(): number;
}

/** Of more options than this only the best to each end go on. */
const maxOptions = 24;
const maxOptionsPerEnd = 4;

/**
 * Keeps the planner (@apollo/query-planner 2.14.4) from following ways that cannot be better than others it follows. From
 * an interface it tries all types behind it one by one as well, and at the next field again from each: after
 * four fields of interface objects these are a billion ways to where it stood already, and memory is full.
 * What can be asked next depends on where a way ends, so of those that end alike one that splits in fewer paths and changes
 * subgraphs no more often is enough. It is met where it hands its options to the selections below a field.
 */
export function mendOptions(): void {
  const { prototype } = SelectionSet;
  // It is called with the set it belongs to, below.
  // oxlint-disable-next-line typescript/unbound-method
  const { selectionsInReverseOrder } = prototype;
  prototype.selectionsInReverseOrder = function withFewerOptions(this: SelectionSet) {
    const selections = selectionsInReverseOrder.call(this);
    let known: { readonly from: readonly Option[]; readonly kept: readonly Option[] } | undefined;
    const fewer = (branch: unknown): unknown => {
      const options = optionsIn(branch);
      if (!options) return branch;
      if (known?.from !== options) known = { from: options, kept: withoutWorse(options) };
      return [(branch as readonly unknown[])[0], known.kept];
    };
    selections.map = <Result>(
      visit: (selection: (typeof selections)[number], at: number, all: typeof selections) => Result,
    ): Result[] =>
      Array.from(selections, (each, at) => fewer(visit(each, at, selections)) as Result);
    return selections;
  };
}

/** The options of what the planner calls an open branch; undefined for anything else, and where there is no choice. */
function optionsIn(branch: unknown): readonly Option[] | undefined {
  if (!Array.isArray(branch) || branch.length !== 2 || !Array.isArray(branch[1])) return undefined;
  const options = branch[1] as readonly Partial<Option>[];
  const areOptions = options.length > 1 && options.every(({ paths }) => Array.isArray(paths));
  return areOptions ? (options as readonly Option[]) : undefined;
}

interface Judged {
  readonly option: Option;
  readonly jumps: number;
}

function withoutWorse(options: readonly Option[]): readonly Option[] {
  const byEnds = new Map<string, Judged[]>();
  const numbers = new Map<object, number>();
  const isMuch = options.length > maxOptions;
  for (const option of options) {
    const ends = new Set(option.paths.map(({ tail }) => numberOf(numbers, tail)));
    const key = [...ends].sort((one, other) => one - other).join();
    const jumps = Math.max(...option.paths.map((path) => path.subgraphJumps()));
    const alike = byEnds.get(key) ?? [];
    byEnds.set(key, alike);
    if (alike.some((other) => isNoWorse(other, { option, jumps }))) continue;
    alike.push({ option, jumps });
  }
  const kept = new Set<Option>();
  for (const alike of byEnds.values()) {
    const few = alike.filter(
      (each) => !alike.some((other) => other !== each && isNoWorse(other, each)),
    );
    few.sort(
      (one, other) =>
        one.jumps - other.jumps || one.option.paths.length - other.option.paths.length,
    );
    for (const { option } of isMuch ? few.slice(0, maxOptionsPerEnd) : few) kept.add(option);
  }
  return kept.size === options.length ? options : options.filter((each) => kept.has(each));
}

/** Whether an option is enough where there is another that splits in more paths. */
function isNoWorse(one: Judged, other: Judged): boolean {
  return one.option.paths.length < other.option.paths.length && one.jumps <= other.jumps;
}

function numberOf(numbers: Map<object, number>, tail: object): number {
  let number = numbers.get(tail);
  if (number === undefined) numbers.set(tail, (number = numbers.size));
  return number;
}
