import { readFileSync } from 'node:fs';
import type { WrittenSubgraph } from './written-graph.ts';

const everything = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable",
  "@external", "@requires", "@provides", "@override", "@interfaceObject", "@inaccessible", "@context", "@fromContext"])`;

/** Reads subgraphs from one file: `# subgraph: name` begins each. Those without a `@link` get one. */
export function readWritten(file: string): readonly WrittenSubgraph[] {
  const [, ...parts] = readFileSync(file, 'utf8').split(/^# subgraph: */m);
  return parts.map((part) => {
    const [line = '', ...rest] = part.split('\n');
    const [name = '', ...notes] = line.trim().split(/\s+/);
    const sdl = rest.join('\n');
    const isWhole = sdl.includes('@link') || notes.includes('(fed1)');
    return { name, sdl: isWhole ? sdl : `${everything}\n${sdl}` };
  });
}
