/** Where a value stands: equal places have equal values, in the monolith and in every subgraph. */
export interface Place {
  readonly seed: number;
  readonly type: string;
  readonly id: string;
  readonly field: string;
  readonly arguments?: object;
}

/** How many entities of each type there are. */
export const entityCount = 5;

const strings = ['', 'a', 'ä', '"quoted"', 'line\nbreak', '\u2028', '0', 'null', '😀', '__proto__'];
const colors = ['RED', 'GREEN', 'BLUE'];

/** A whole number from 0 to `below` − 1 that depends on the place alone (FNV-1a and a final mix). */
export function hashPlace(place: Place, below: number, purpose = ''): number {
  const text = JSON.stringify([purpose, place]);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 13)) >>> 0) % below;
}

/** A value of a leaf type, written as in SDL. One nullable value in six is null. */
export function makeValue(type: string, place: Place): unknown {
  if (type.endsWith('!')) return makePresent(type.slice(0, -1), place);
  return hashPlace(place, 6, 'null') === 0 ? null : makePresent(type, place);
}

function makePresent(type: string, place: Place): unknown {
  const pick = (below: number): number => hashPlace(place, below, type);
  if (type.startsWith('[')) {
    return Array.from({ length: pick(4) }, (_, index) =>
      makeValue(type.slice(1, -1), { ...place, field: `${place.field}.${index}` }),
    );
  }
  switch (type) {
    case 'Int':
      return [0, -1, 7, 2_147_483_647][pick(4)];
    case 'Float':
      return [0, 1.5, -0.25, 1e21][pick(4)];
    case 'Boolean':
      return pick(2) === 1;
    case 'ID':
      return String(pick(3));
    case 'Color':
      return colors[pick(3)];
    case 'Value':
      return {
        a: makeValue('Int', { ...place, field: `${place.field}.a` }),
        b: makeValue('String!', { ...place, field: `${place.field}.b` }),
      };
    default:
      return strings[pick(strings.length)];
  }
}

/** Ids of the entities a reference leads to; one reference in eight leads nowhere. */
export function makeReference(place: Place, isList: boolean): string | null | readonly string[] {
  const id = (purpose: string): string => String(hashPlace(place, entityCount, purpose));
  if (isList) return Array.from({ length: hashPlace(place, 4, 'length') }, (_, n) => id(`id ${n}`));
  return hashPlace(place, 8, 'nowhere') === 0 ? null : id('id');
}
