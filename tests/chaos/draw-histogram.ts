/** Times in milliseconds, by what they are times of. */
export type Series = ReadonlyMap<string, readonly number[]>;

const colors = ['#4c78a8', '#f58518', '#54a24b', '#b279a2'];
/** Upper ends of the bins; the last one is open. */
const bins = [50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, Infinity];
const width = 760;
const height = 340;
const left = 50;
const bottom = 60;
const top = 60;

/** Draws how often each time came, as an SVG with one bar per bin and series. */
export function drawHistogram(title: string, series: Series): string {
  const names = [...series.keys()];
  const counts = names.map((name) => countBins(series.get(name) ?? []));
  const most = Math.max(1, ...counts.flat());
  const slot = (width - left - 20) / bins.length;
  const bar = (slot - 8) / Math.max(1, names.length);
  const scale = (height - top - bottom) / most;
  const bars = counts.flatMap((perBin, series_) =>
    perBin.map((count, bin) => {
      const x = left + bin * slot + 4 + series_ * bar;
      const y = height - bottom - count * scale;
      const label =
        count === 0
          ? ''
          : `<text x="${(x + bar / 2).toFixed(1)}" y="${(y - 3).toFixed(1)}" text-anchor="middle" font-size="9">${count}</text>`;
      return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${(bar - 1).toFixed(1)}" height="${(count * scale).toFixed(1)}" fill="${colors[series_ % colors.length]}"/>${label}`;
    }),
  );
  const ticks = bins.map((end, bin) => {
    const x = left + bin * slot + slot / 2;
    return `<text x="${x.toFixed(1)}" y="${height - bottom + 16}" text-anchor="middle">${describeBin(end, bin)}</text>`;
  });
  const legend = names.map((name, at) => {
    const x = left + at * 130;
    return `<rect x="${x}" y="32" width="12" height="12" fill="${colors[at % colors.length]}"/><text x="${x + 18}" y="42">${name} (${series.get(name)?.length ?? 0})</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${left}" y="20" font-size="14">${title}</text>
${legend.join('\n')}
<line x1="${left}" y1="${height - bottom}" x2="${width - 20}" y2="${height - bottom}" stroke="#333"/>
${bars.join('\n')}
${ticks.join('\n')}
<text x="${width / 2}" y="${height - 14}" text-anchor="middle">milliseconds until every answer was whole again</text>
</svg>
`;
}

function countBins(times: readonly number[]): number[] {
  return bins.map((end, bin) => {
    const start = bins[bin - 1] ?? 0;
    return times.filter((time) => time >= start && time < end).length;
  });
}

function describeBin(end: number, bin: number): string {
  return end === Infinity ? `≥ ${bins[bin - 1]}` : `< ${end}`;
}
