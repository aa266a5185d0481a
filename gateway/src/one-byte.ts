import { createPace, type Turns } from './turns.ts';

/**
 * Gives back ASCII text as a string that V8 keeps in one byte per character.
 *
 * Part of a string is kept like the whole: a name cut out of an SDL with a dash or an emoji in some description takes
 * two bytes per character, and so does every text it becomes part of, which is twice the memory and several times the
 * work on the way to a socket. So the constant parts of requests and answers are made anew when they are compiled.
 */
export function oneByte(text: string): string {
  const isAscii = Buffer.byteLength(text) === text.length;
  return isAscii ? Buffer.from(text, 'latin1').toString('latin1') : text;
}

const nameToken = /[_A-Za-z]\w*/g;

/**
 * Lets V8 know every name in a text as a string of one byte per character, before anything else makes it known in two.
 * Property keys, and the short strings JSON.parse makes, are the string that was known first.
 * @returns what keeps the names known
 */
export function* knowNames(text: string): Turns<object> {
  const pace = createPace();
  const names: Record<string, true> = Object.create(null);
  for (const [name] of text.matchAll(nameToken)) {
    names[oneByte(name)] = true;
    yield* pace();
  }
  return names;
}
