import { shape } from './elements.js';
import { clip, deliveries, describeEntities, formatBytes, formatMs } from './words.js';

const rowHeight = 26;
const waveHeight = 24;
const top = 26;
const bottom = 8;
const labelWidth = 150;
/** Room behind the bars for what they took. */
const timeWidth = 76;
const minChartWidth = 140;

/** One row per fetch, by wave; the bar is the time from sending to the parsed answer. */
export function drawTimeline({ steps, durationMs }, availableWidth) {
  const chartWidth = Math.max(minChartWidth, availableWidth - labelWidth - timeWidth);
  const width = labelWidth + chartWidth + timeWidth;
  const waves = [...new Set(steps.map(({ wave }) => wave))].sort((a, b) => a - b);
  const height = top + waves.length * waveHeight + steps.length * rowHeight + bottom;
  const root = shape('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' });
  root.append(shape('title', {}, 'Fetches over time, by wave'));
  root.append(...drawAxis({ durationMs, chartWidth, height }));
  const scale = chartWidth / Math.max(durationMs, 0.001);
  let y = top;
  for (const wave of waves) {
    const own = steps.filter((step) => step.wave === wave).sort((a, b) => a.number - b.number);
    root.append(...drawWave(own, { wave, y, width }));
    y += waveHeight;
    for (const step of own) {
      root.append(...drawFetch(step, { y, scale }));
      y += rowHeight;
    }
  }
  return root;
}

function drawAxis({ durationMs, chartWidth, height }) {
  const ticks = chartWidth > 420 ? 4 : 2;
  return Array.from({ length: ticks + 1 }, (_, tick) => {
    const x = labelWidth + (chartWidth * tick) / ticks;
    const label = formatMs((durationMs * tick) / ticks);
    return [
      shape('line', { x1: x, x2: x, y1: top - 6, y2: height - bottom / 2 }),
      shape('text', { x, y: 15, 'text-anchor': 'middle', class: 'dim' }, label),
    ];
  }).flat();
}

function drawWave(steps, { wave, y, width }) {
  const start = Math.min(...steps.map(({ startMs }) => startMs));
  const end = Math.max(...steps.map(({ endMs }) => endMs));
  const label = `Wave ${wave + 1}`;
  return [
    shape('rect', { x: 0, y: y + 2, width, height: waveHeight - 4, class: 'wave' }),
    shape('text', { x: 8, y: y + 16, class: 'strong' }, label),
    shape('text', { x: 72, y: y + 16, class: 'dim' }, formatMs(end - start)),
  ];
}

function drawFetch(step, { y, scale }) {
  const x = labelWidth + step.startMs * scale;
  const barWidth = Math.max((step.endMs - step.startMs) * scale, 3);
  const isFailed = step.errors > 0;
  const bar = shape('rect', {
    x,
    y: y + 6,
    width: barWidth,
    height: rowHeight - 12,
    rx: 3,
    fill: colorOf(step.subgraph),
    'fill-opacity': step.delivery === 'sent' ? 1 : 0.45,
    class: isFailed ? 'failed' : '',
  });
  bar.append(shape('title', {}, describe(step)));
  const took = formatMs(step.endMs - step.startMs);
  return [
    shape('text', { x: 16, y: y + 17 }, clip(`#${step.number} ${step.subgraph}`, 16)),
    bar,
    shape(
      'text',
      { x: x + barWidth + 6, y: y + 17, class: isFailed ? 'wrong' : 'dim' },
      isFailed ? `${took} ✗` : took,
    ),
  ];
}

function describe(step) {
  const lines = [
    `#${step.number} ${step.subgraph}, wave ${step.wave + 1}`,
    `${formatMs(step.startMs)} to ${formatMs(step.endMs)}`,
    `${formatBytes(step.requestBytes)} sent, ${formatBytes(step.responseBytes)} received`,
  ];
  if (step.entities) lines.push(`entities: ${describeEntities(step.entities)}`);
  if (step.errors > 0) lines.push(`errors: ${step.errors}`);
  lines.push(deliveries[step.delivery] ?? step.delivery);
  return lines.join('\n');
}

/** Every subgraph has its own hue, the same in every drawing. None is red: that is for what failed. */
function colorOf(name) {
  let hash = 2166136261;
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
  return `hsl(${30 + ((hash >>> 8) % 300)} 50% 50%)`;
}
