import type { Frame } from './cpu-profile.ts';
import { escapeXml } from './svg.ts';

const width = 1200;
const rowHeight = 17;
const top = 46;
/** Narrower frames are not drawn: nobody could read or point at them. */
const minimumWidth = 0.6;
const characterWidth = 6.6;

const style = `
  text { font: 11px ui-monospace, monospace; fill: #1f2328; pointer-events: none; }
  .title { font: 600 15px system-ui, sans-serif; } .note { font: 12px system-ui, sans-serif; fill: #59636e; }
  rect { stroke: #ffffff; stroke-width: 0.5; }
  .gateway { fill: #7fc8a9; } .dependency { fill: #e8b27d; } .node { fill: #a9c4e8; } .native { fill: #c9ccd1; }
  @media (prefers-color-scheme: dark) {
    .title { fill: #f0f6fc; } .note { fill: #9198a1; } rect { stroke: #0d1117; }
  }`;

/**
 * Draws a call tree as a flame graph: width is CPU time, callers stand on top of what they call. The browser shows a
 * frame's name and share when the pointer rests on it.
 */
export function flameGraph(root: Frame, title: string): string {
  const elements: string[] = [];
  let depth = 0;
  const draw = (frame: Frame, x: number, level: number): void => {
    const frameWidth = (width * frame.totalMicroseconds) / root.totalMicroseconds;
    if (frameWidth < minimumWidth) return;
    depth = Math.max(depth, level);
    elements.push(frameElement(frame, { x, y: top + level * rowHeight, frameWidth, root }));
    let childX = x;
    for (const child of byTotal(frame.children)) {
      draw(child, childX, level + 1);
      childX += (width * child.totalMicroseconds) / root.totalMicroseconds;
    }
  };
  draw(root, 0, 0);
  const height = top + (depth + 1) * rowHeight + 8;
  const note =
    'Green: the contestant itself. Orange: libraries. Blue: Node. Grey: native code and garbage collection.';
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n` +
    `<style>${style}\n</style>\n<text class="title" x="4" y="18">${escapeXml(title)}</text>\n` +
    `<text class="note" x="4" y="36">${note}</text>\n${elements.join('\n')}\n</svg>\n`
  );
}

function byTotal(frames: readonly Frame[]): Frame[] {
  return frames.toSorted((left, right) => right.totalMicroseconds - left.totalMicroseconds);
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly frameWidth: number;
  readonly root: Frame;
}

function frameElement(frame: Frame, { x, y, frameWidth, root }: Place): string {
  const share = ((100 * frame.totalMicroseconds) / root.totalMicroseconds).toFixed(1);
  const own = ((100 * frame.selfMicroseconds) / root.totalMicroseconds).toFixed(1);
  const letters = Math.floor(frameWidth / characterWidth) - 1;
  const label =
    letters < 3
      ? ''
      : `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escapeXml(frame.name.slice(0, letters))}</text>`;
  return (
    `<g><title>${escapeXml(frame.name)}: ${share} % (itself ${own} %)</title>` +
    `<rect class="${frame.kind}" x="${x.toFixed(1)}" y="${y}" width="${frameWidth.toFixed(1)}" height="${rowHeight - 1}"/>${label}</g>`
  );
}
