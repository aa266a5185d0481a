import type { RampPoint, Results } from '../results.ts';
import { figure } from './format.ts';
import { svgDocument, svgText } from './svg.ts';

const width = 880;
const height = 460;
const plot = { left: 70, right: 620, top: 40, bottom: 400 };

/** Median (solid) and 99th percentile (dashed) latency over open connections, both axes logarithmic. */
export function latencyChart(results: Results): string {
  const points = results.ramp;
  const x = logScale(
    points.map((point) => point.connections),
    [plot.left, plot.right],
  );
  const latencies = points.flatMap(({ cell }) => [cell.p50Ms, cell.p99Ms]);
  const y = logScale(
    latencies.filter((value) => value > 0),
    [plot.bottom, plot.top],
  );
  const contestants = [...new Set(points.map((point) => point.contestant))];
  const elements = [
    svgText('W2, latency while connections grow: p50 solid, p99 dashed', {
      x: 8,
      y: 20,
      className: 'title',
    }),
    ...verticalGrid(y),
    ...horizontalTicks(points, x),
    ...contestants.flatMap((contestant, index) =>
      series(
        points.filter((point) => point.contestant === contestant),
        { index, x, y },
      ),
    ),
    svgText('connections kept busy', {
      x: (plot.left + plot.right) / 2,
      y: height - 18,
      anchor: 'middle',
      className: 'note',
    }),
    svgText('ms', { x: plot.left - 10, y: plot.top - 6, anchor: 'end', className: 'note' }),
  ];
  return svgDocument({ width, height }, elements);
}

interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
}

function logScale(values: readonly number[], [from, to]: readonly [number, number]): Scale {
  const low = Math.log10(Math.min(...values));
  const high = Math.max(Math.log10(Math.max(...values)), low + 0.1);
  const scale = (value: number): number =>
    from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  return Object.assign(scale, { domain: [10 ** low, 10 ** high] as const });
}

function verticalGrid(y: Scale): string[] {
  const lines: string[] = [];
  for (let power = -1; power <= 5; power += 1) {
    const value = 10 ** power;
    if (value < y.domain[0] || value > y.domain[1]) continue;
    const at = y(value).toFixed(1);
    lines.push(
      `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}"/>`,
      svgText(String(value), { x: plot.left - 8, y: Number(at) + 4, anchor: 'end' }),
    );
  }
  return lines;
}

function horizontalTicks(points: readonly RampPoint[], x: Scale): string[] {
  const values = [...new Set(points.map((point) => point.connections))];
  return values.map((value) =>
    svgText(String(value), { x: x(value), y: plot.bottom + 20, anchor: 'middle' }),
  );
}

function series(
  points: readonly RampPoint[],
  { index, x, y }: { readonly index: number; readonly x: Scale; readonly y: Scale },
): string[] {
  const line = (className: string, figureOf: (point: RampPoint) => number): string => {
    const path = points
      .filter((point) => figureOf(point) > 0)
      .map((point) => `${x(point.connections).toFixed(1)},${y(figureOf(point)).toFixed(1)}`);
    return `<polyline class="line series-${index % 5} ${className}" points="${path.join(' ')}"/>`;
  };
  const last = points.at(-1);
  const title = last?.title ?? '';
  const note = last && `p99 ${figure(last.cell.p99Ms)} ms at ${last.connections}`;
  const legendY = plot.top + 16 + index * 34;
  return [
    line('line-p50', ({ cell }) => cell.p50Ms),
    line('line-p99', ({ cell }) => cell.p99Ms),
    `<line class="line series-${index % 5}" x1="${plot.right + 14}" x2="${plot.right + 34}" y1="${legendY - 4}" y2="${legendY - 4}"/>`,
    svgText(title, { x: plot.right + 40, y: legendY }),
    svgText(note ?? '', { x: plot.right + 40, y: legendY + 15, className: 'note' }),
  ];
}
