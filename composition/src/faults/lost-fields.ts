/** What an answer lost against the answer without faults. */
export interface Loss {
  /** Fields that became null, as response names joined by dots; only the topmost of each. */
  fields: string[];
  /** Whether nothing is left: `data` itself is null, or there is no answer. */
  isTotal: boolean;
}

/** Compares the data of two answers to one operation. Places in lists are left out: what counts is the field. */
export function findLoss(whole: unknown, given: unknown): Loss {
  const fields = new Set<string>();
  collect(whole, given, [], fields);
  return { fields: [...fields].sort(), isTotal: isNothing(given) };
}

function collect(whole: unknown, given: unknown, path: string[], fields: Set<string>): void {
  if (isNothing(whole)) return;
  if (isNothing(given)) {
    if (path.length > 0) fields.add(path.join('.'));
  } else if (Array.isArray(whole)) {
    const items: unknown[] = Array.isArray(given) ? given : [];
    whole.forEach((item, at) => collect(item, items[at], path, fields));
  } else if (typeof whole === 'object') {
    for (const [key, value] of Object.entries(whole as object)) {
      collect(value, (given as Record<string, unknown>)[key], [...path, key], fields);
    }
  }
}

export function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
