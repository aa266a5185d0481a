import { percentile, type Outcome } from '../process/steady-load.ts';
import type { OverloadResult } from './overload-run.ts';

const width = 820;
const left = 70;
const right = 20;
const panelHeight = 150;
const panelGap = 50;
const top = 60;
const binMs = 250;

interface Line {
  readonly name: string;
  readonly color: string;
  /** One value per bin; undefined where there is nothing to show. */
  readonly values: readonly (number | undefined)[];
}

/** Draws what happened to the requests over time, as an SVG: rates, times of answers, times of refusals. */
export function drawOverload(title: string, result: OverloadResult): string {
  const endMs = Math.max(...result.outcomes.map(({ startedMs }) => startedMs));
  const bins = groupByTime(result.outcomes, Math.ceil(endMs / binMs));
  const isShed = ({ status }: Outcome): boolean => status === 503 || status === 429;
  const rate = (which: (outcome: Outcome) => boolean): number[] =>
    bins.map((bin) => (bin.filter(which).length * 1_000) / binMs);
  const times = (which: (outcome: Outcome) => boolean, share: number): (number | undefined)[] =>
    bins.map((bin) => {
      const all = bin.filter(which).map(({ elapsedMs }) => elapsedMs);
      return all.length === 0 ? undefined : percentile(all, share);
    });
  const whole = ({ isWhole }: Outcome): boolean => isWhole;
  const panels: readonly { readonly unit: string; readonly lines: readonly Line[] }[] = [
    {
      unit: 'requests a second, by when they were sent',
      lines: [
        { name: 'sent', color: '#999999', values: rate(() => true) },
        { name: 'answered', color: '#4c78a8', values: rate(whole) },
        { name: 'refused with 503', color: '#f58518', values: rate(isShed) },
      ],
    },
    {
      unit: 'milliseconds until answered',
      lines: [
        { name: 'p50', color: '#4c78a8', values: times(whole, 0.5) },
        { name: 'p99', color: '#b279a2', values: times(whole, 0.99) },
      ],
    },
    {
      unit: 'milliseconds until refused',
      lines: [
        { name: 'p50', color: '#f58518', values: times(isShed, 0.5) },
        { name: 'p99', color: '#e45756', values: times(isShed, 0.99) },
      ],
    },
  ];
  const height = top + panels.length * (panelHeight + panelGap) + 20;
  const place = (ms: number): number => left + (ms / endMs) * (width - left - right);
  const drawn = panels.map((panel, at) =>
    drawPanel(panel, top + at * (panelHeight + panelGap), place),
  );
  const from = place(result.fromMs);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#fff"/>
<rect x="${from.toFixed(1)}" y="${top}" width="${(place(result.toMs) - from).toFixed(1)}" height="${height - top - 60}" fill="#f4f0e8"/>
<text x="${left}" y="24" font-size="14">${title}</text>
${drawn.join('\n')}
${ticks(endMs, place, height)}
</svg>
`;
}

function groupByTime(outcomes: readonly Outcome[], count: number): Outcome[][] {
  const bins = Array.from({ length: count }, (): Outcome[] => []);
  for (const outcome of outcomes) bins[Math.floor(outcome.startedMs / binMs)]?.push(outcome);
  return bins;
}

function drawPanel(
  { unit, lines }: { readonly unit: string; readonly lines: readonly Line[] },
  y: number,
  place: (ms: number) => number,
): string {
  const most = Math.max(1, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const scale = (value: number): number => y + panelHeight - (value / most) * panelHeight;
  const curves = lines.map(({ values, color }) => {
    const points = values.flatMap((value, at) =>
      value === undefined
        ? []
        : [`${place((at + 0.5) * binMs).toFixed(1)},${scale(value).toFixed(1)}`],
    );
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="1.8"/>`;
  });
  const legend = lines.map(
    ({ name, color }, at) =>
      `<rect x="${left + 300 + at * 130}" y="${y - 18}" width="12" height="4" fill="${color}"/><text x="${left + 317 + at * 130}" y="${y - 12}">${name}</text>`,
  );
  return `<text x="${left}" y="${y - 12}">${unit}</text>
${legend.join('')}
<line x1="${left}" y1="${y}" x2="${left}" y2="${y + panelHeight}" stroke="#333"/>
<line x1="${left}" y1="${y + panelHeight}" x2="${width - right}" y2="${y + panelHeight}" stroke="#333"/>
<text x="${left - 6}" y="${y + 8}" text-anchor="end">${Math.round(most)}</text>
<text x="${left - 6}" y="${y + panelHeight}" text-anchor="end">0</text>
${curves.join('\n')}`;
}

function ticks(endMs: number, place: (ms: number) => number, height: number): string {
  const seconds = Array.from({ length: Math.floor(endMs / 2_000) + 1 }, (_each, at) => at * 2);
  return seconds
    .map(
      (at) =>
        `<text x="${place(at * 1_000).toFixed(1)}" y="${height - 42}" text-anchor="middle">${at} s</text>`,
    )
    .join('');
}
