import { times } from './hostile-document.ts';

/** Fragments of which each spreads the next twice: 2^count selections. */
export function fragmentBomb(count: number): string {
  const fragments = times(
    count,
    (at) => `fragment F${at} on Node { a: related { ...F${at + 1} } b: related { ...F${at + 1} } }`,
  );
  return `{ products { ...F0 } } ${fragments} fragment F${count} on Node { id }`;
}

/** The same at one level: each spreads the next twice, and nothing is nested. */
export function levelBomb(count: number): string {
  const fragments = times(
    count,
    (at) => `fragment F${at} on Product { ...F${at + 1} ...F${at + 1} }`,
  );
  return `{ products { ...F0 } } ${fragments} fragment F${count} on Product { id }`;
}

/** Every type of an interface in every fragment, level by level: what made planners try every combination. */
export function fanOut(levels: number): string {
  const types = ['Product', 'Film', 'Book', 'Person'];
  const level = (left: number): string =>
    left === 0
      ? 'id name'
      : types.map((type) => `... on ${type} { name related { ${level(left - 1)} } }`).join(' ');
  return `{ nodes { ${level(levels)} } }`;
}
