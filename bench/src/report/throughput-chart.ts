import { medianCell, type Results, type Row } from '../results.ts';
import { workloads, type WorkloadName } from '../workloads.ts';
import { figure, times } from './format.ts';
import { svgDocument, svgText } from './svg.ts';

const width = 880;
const labelWidth = 330;
const valueWidth = 170;
const barHeight = 18;
const rowHeight = 25;
const panelGap = 26;

/** Requests per second as bars, one panel per workload; limits are outlined, as they are rulers and not rivals. */
export function throughputChart(results: Results): string {
  const names = [...new Set(results.rows.map((row) => row.workload))];
  const elements: string[] = [];
  let top = 8;
  for (const name of names) {
    const rows = results.rows.filter((row) => row.workload === name);
    elements.push(
      svgText(`${workloads[name as WorkloadName].title}, requests/s`, {
        x: 8,
        y: top + 14,
        className: 'title',
      }),
      ...panel(rows, top + 26),
    );
    top += 26 + rows.length * rowHeight + panelGap;
  }
  const note = `One process on one core, ${results.connections} connections, Node ${results.node}, medians of ${results.rounds} rounds. Dashed: hand-written limits.`;
  elements.push(svgText(note, { x: 8, y: top, className: 'note' }));
  return svgDocument({ width, height: top + 14 }, elements);
}

function panel(rows: readonly Row[], top: number): string[] {
  const rates = rows.map((row) => medianCell(row)?.requestsPerSecond ?? 0);
  const highest = Math.max(...rates, 1);
  const stock = rates[rows.findIndex((row) => row.contestant === 'stock-apollo')] ?? Number.NaN;
  return rows.flatMap((row, index) => {
    const y = top + index * rowHeight;
    const rate = rates[index] ?? 0;
    const length = ((width - labelWidth - valueWidth) * rate) / highest;
    const ranked = medianCell(row) !== undefined;
    const ratio = stock > 0 ? ` (${times(rate / stock)} stock)` : '';
    return [
      svgText(row.title.replaceAll('`', ''), { x: labelWidth - 8, y: y + 14, anchor: 'end' }),
      `<rect class="${row.role}" x="${labelWidth}" y="${y}" width="${Math.max(length, 1).toFixed(1)}" height="${barHeight}" rx="2"/>`,
      svgText(ranked ? figure(rate) + ratio : 'not ranked: wrong or no answers', {
        x: labelWidth + length + 6,
        y: y + 14,
      }),
    ];
  });
}
