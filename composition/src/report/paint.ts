/** Colours a text, or leaves it alone. */
export type Paint = (
  style: 'red' | 'yellow' | 'cyan' | 'green' | 'bold' | 'dim',
  text: string,
) => string;

const codes = {
  red: [31, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  green: [32, 39],
  bold: [1, 22],
  dim: [2, 22],
} as const;

/** A painter that uses ANSI colours only when `isColoured`. */
export function createPaint(isColoured: boolean): Paint {
  if (!isColoured) return (_style, text) => text;
  return (style, text) => `\u001B[${codes[style][0]}m${text}\u001B[${codes[style][1]}m`;
}
