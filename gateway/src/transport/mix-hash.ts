/** How much of the end of a text decides its hash. */
const mixedCharacters = 24;

/**
 * Adds a text to a hash, by its length and its end: most texts of requests differ there, where ids are. Not for secrets or
 * sums: whoever finds two things with one hash compares them.
 */
export function mixHash(hash: number, text: string): number {
  let mixed = Math.imul(hash, 31) + text.length;
  for (let at = Math.max(0, text.length - mixedCharacters); at < text.length; at += 1) {
    mixed = (Math.imul(mixed, 31) + text.charCodeAt(at)) | 0;
  }
  return mixed;
}
