/** Colours for both colour schemes, as the reader's system prefers; the background stays the page's own. */
const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .note { fill: #59636e; font-size: 12px; }
  .ours { fill: #1a7f5a; } .peer { fill: #8c959f; } .limit { fill: none; stroke: #8c959f; stroke-dasharray: 4 3; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .line { fill: none; stroke-width: 2; } .line-p99 { stroke-dasharray: 5 4; }
  .series-0 { stroke: #1a7f5a; } .series-1 { stroke: #b35900; } .series-2 { stroke: #6639ba; }
  .series-3 { stroke: #0969da; } .series-4 { stroke: #8c959f; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .note { fill: #9198a1; } .grid { stroke: #3d444d; }
    .ours { fill: #3fb98a; } .peer { fill: #656c76; } .limit { stroke: #9198a1; }
    .series-0 { stroke: #3fb98a; } .series-1 { stroke: #e0823d; } .series-2 { stroke: #b99cf2; }
    .series-3 { stroke: #58a6ff; } .series-4 { stroke: #9198a1; }
  }`;

/** A whole SVG document around the given elements. */
export function svgDocument(size: { width: number; height: number }, elements: string[]): string {
  const { width, height } = size;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img">\n<style>${style}\n</style>\n${elements.join('\n')}\n</svg>\n`
  );
}

export interface TextOptions {
  readonly x: number;
  readonly y: number;
  readonly className?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export function svgText(text: string, { x, y, className, anchor }: TextOptions): string {
  const classAttribute = className === undefined ? '' : ` class="${className}"`;
  const anchorAttribute = anchor === undefined ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${classAttribute}${anchorAttribute}>${escapeXml(text)}</text>`;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
