import { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;
type Path = readonly PropertyKey[];

/** What was checked, and against what. */
export interface Checked {
  readonly schema: Schema;
  readonly value: unknown;
}

/** What came is repeated up to this length. */
const maxShown = 40;
/** Most names that are listed where none is near to the one that came. */
const maxListed = 30;

/**
 * Says in one line each what is wrong with a setting: where, what is allowed and what came; for a name that is unknown
 * also which one may have been meant. Texts are repeated only where their kind is wrong: others may be secrets.
 */
export function explainProblem(issue: Issue, checked: Checked): string[] {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = nearestBranch(issue.errors);
    if (branch) {
      return branch.flatMap((inner) =>
        explainProblem({ ...inner, path: [...issue.path, ...inner.path] }, checked),
      );
    }
  }
  const place = issue.path.map(String).join('.');
  return [`${place === '' ? '' : `${place}: `}${explain(issue, checked)}`];
}

function explain(issue: Issue, { schema, value }: Checked): string {
  const came = valueAt(value, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${issue.message}${suggestNames(issue.keys, namesAt(schema, issue.path))}`;
    case 'invalid_type':
      return came === undefined
        ? `is missing, expected ${issue.expected}`
        : `${issue.message}${show(came)}`;
    case 'invalid_union':
      return issue.errors.length === 0
        ? `${issue.message}${show(came)}`
        : `${issue.message}: ${expectedBy(issue.errors)}${show(came)}`;
    case 'invalid_value':
      return `${issue.message}${show(came)}`;
    case 'too_small':
    case 'too_big':
      return typeof came === 'number' ? `${issue.message}${show(came)}` : issue.message;
    default:
      return issue.message;
  }
}

/** The alternative that has the right kind, if there is one: what is wrong inside of it is what has to be put right. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code !== 'invalid_type'),
  );
}

function expectedBy(branches: readonly (readonly Issue[])[]): string {
  const kinds = branches.flatMap((issues) =>
    issues.flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : [])),
  );
  return `expected ${[...new Set(kinds)].join(' or ')}`;
}

function show(value: unknown): string {
  if (value === undefined || (typeof value === 'object' && value !== null)) return '';
  const text = JSON.stringify(value) ?? '';
  return ` (it is ${text.length > maxShown ? `${text.slice(0, maxShown)}…` : text})`;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Reflect.get(at, step);
  }
  return at;
}

function suggestNames(unknown: readonly string[], known: readonly string[]): string {
  const near = [...new Set(unknown.flatMap((name) => known.filter((each) => isNear(name, each))))];
  if (near.length > 0) return `. Did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`;
  const isListed = known.length > 0 && known.length <= maxListed;
  return isListed ? `. There are: ${[...known].sort().join(', ')}` : '';
}

/** Whether a name was probably meant: one holds the other, or most pairs of letters of the shorter one are in the other. */
function isNear(name: string, known: string): boolean {
  const [one, other] = [name.toLowerCase(), known.toLowerCase()];
  if (one.length >= 4 && (other.startsWith(one) || one.startsWith(other))) return true;
  const pairs = pairsOf(other);
  const shared = [...pairsOf(one)].filter((pair) => pairs.has(pair)).length;
  return shared > 0 && (2 * shared) / (pairsOf(one).size + pairs.size) >= 0.6;
}

function pairsOf(text: string): ReadonlySet<string> {
  return new Set(Array.from({ length: text.length - 1 }, (_each, at) => text.slice(at, at + 2)));
}

/** The names that an object of the schema may have at a place; none where it is no object. */
function namesAt(schema: Schema, path: Path): string[] {
  const names = new Set<string>();
  for (const found of schemasAt([schema], path)) {
    if (found instanceof z.ZodObject) for (const name of Object.keys(found.shape)) names.add(name);
  }
  return [...names];
}

/** What may stand at a place: several schemas where there are alternatives. */
function schemasAt(schemas: readonly Schema[], path: Path): readonly Schema[] {
  const open = schemas.flatMap(unwrap);
  const [step, ...rest] = path;
  if (step === undefined) return open;
  return schemasAt(
    open.flatMap((schema): readonly Schema[] => {
      if (schema instanceof z.ZodObject) {
        const field: unknown = schema.shape[String(step)];
        return field instanceof z.ZodType ? [field] : [];
      }
      if (schema instanceof z.ZodRecord) return [schema.valueType];
      return schema instanceof z.ZodArray ? [schema.element] : [];
    }),
    rest,
  );
}

function unwrap(schema: Schema): readonly Schema[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return unwrap(schema.def.innerType);
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in);
  return schema instanceof z.ZodUnion ? schema.options.flatMap(unwrap) : [schema];
}
