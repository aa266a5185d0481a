// The page at /plan: runs an operation with the header trellis-query-plan and draws what the gateway did.
const form = document.getElementById('ask');
const queryField = document.getElementById('query');
const variablesField = document.getElementById('variables');
const result = document.getElementById('result');

// Only filled in, never run by itself: a link must not be able to run a mutation.
const address = new URLSearchParams(location.search);
if (address.has('query')) queryField.value = address.get('query');
if (address.has('variables')) variablesField.value = address.get('variables');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run();
});
form.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

async function run() {
  try {
    const text = variablesField.value.trim();
    const variables = text === '' ? undefined : JSON.parse(text);
    const body = await ask(queryField.value, variables);
    remember(queryField.value, text);
    result.replaceChildren(...draw(body));
  } catch (error) {
    result.replaceChildren(element('p', { class: 'bad' }, String(error)));
  }
}

async function ask(query, variables) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'trellis-query-plan': '1' },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** The address of the page is that of the drawing: it can be sent to somebody. */
function remember(query, variables) {
  const search = new URLSearchParams({ query, ...(variables === '' ? {} : { variables }) });
  history.replaceState(null, '', `?${search}`);
}

function draw({ extensions, ...answer }) {
  const { plan, trace } = extensions?.trellis ?? {};
  const parts = [];
  if (answer.errors) parts.push(drawErrors(answer.errors));
  if (trace) {
    parts.push(element('h2', {}, 'The last run'), drawSummary(trace));
    if (trace.steps.length > 0) parts.push(drawTimeline(trace), drawTable(trace.steps));
  }
  if (plan) parts.push(element('h2', {}, 'The plan'), element('pre', {}, plan));
  const json = JSON.stringify(answer, null, 2);
  return [...parts, element('h2', {}, 'The answer'), element('pre', {}, json)];
}

function drawErrors(errors) {
  const items = errors.map(({ message, path, extensions }) => {
    const place = path ? ` at ${path.join('.')}` : '';
    return element('li', {}, `${message} (${extensions?.code ?? 'no code'}${place})`);
  });
  return element('ul', { class: 'bad' }, ...items);
}

function drawSummary({ steps, durationMs, responseBytes }) {
  const waves = new Set(steps.map(({ wave }) => wave)).size;
  const sent = steps.filter(({ delivery }) => delivery === 'sent').length;
  const text = `${formatMs(durationMs)} in ${count(waves, 'wave')}, ${count(steps.length, 'fetch', 'fetches')} (${sent} with a request of their own), answer of ${formatBytes(responseBytes)}`;
  return element('p', {}, text);
}

const rowHeight = 30;
const labelWidth = 190;
const chartWidth = 640;
const top = 26;

/** One row per fetch, grouped by wave; the bar is the time from sending to the parsed answer. */
function drawTimeline({ steps, durationMs }) {
  const ordered = [...steps].sort((a, b) => a.wave - b.wave || a.startMs - b.startMs);
  const height = top + ordered.length * rowHeight + 8;
  const scale = chartWidth / Math.max(durationMs, 0.001);
  const width = labelWidth + chartWidth + 150;
  const root = shape('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img' });
  root.append(shape('title', {}, 'Fetches over time'));
  for (let tick = 0; tick <= 4; tick += 1) {
    const x = labelWidth + (chartWidth * tick) / 4;
    root.append(
      shape('line', { x1: x, x2: x, y1: top, y2: height - 4 }),
      shape(
        'text',
        { x, y: 16, 'text-anchor': 'middle', class: 'axis' },
        formatMs((durationMs * tick) / 4),
      ),
    );
  }
  ordered.forEach((step, index) => {
    const y = top + index * rowHeight;
    const isFirst = index === 0 || ordered[index - 1].wave !== step.wave;
    if (isFirst && index > 0) root.append(shape('line', { x1: 0, x2: width, y1: y, y2: y }));
    root.append(...drawRow(step, { y, scale, isFirst }));
  });
  return root;
}

function drawRow(step, { y, scale, isFirst }) {
  const x = labelWidth + step.startMs * scale;
  const barWidth = Math.max((step.endMs - step.startMs) * scale, 2);
  const bar = shape('rect', {
    x,
    y: y + 7,
    width: barWidth,
    height: rowHeight - 14,
    rx: 3,
    fill: colorOf(step.subgraph),
    'fill-opacity': step.delivery === 'sent' ? 1 : 0.45,
  });
  bar.append(shape('title', {}, describe(step)));
  const took = `${formatMs(step.endMs - step.startMs)}${step.errors > 0 ? ' failed' : ''}`;
  return [
    ...(isFirst
      ? [shape('text', { x: 10, y: y + 20, class: 'dim' }, `wave ${step.wave + 1}`)]
      : []),
    shape('text', { x: 76, y: y + 20 }, clip(`${numbers(step)} ${step.subgraph}`, 14)),
    bar,
    shape('text', { x: x + barWidth + 6, y: y + 20, class: 'dim' }, took),
  ];
}

function drawTable(steps) {
  const head = ['Fetch', 'Wave', 'Start', 'Time', 'Sent', 'Entities', 'Errors', 'Delivery'];
  const rows = steps.map((step) => [
    `${numbers(step)} ${step.subgraph}`,
    step.wave + 1,
    formatMs(step.startMs),
    formatMs(step.endMs - step.startMs),
    formatBytes(step.requestBytes),
    describeEntities(step.entities),
    step.errors,
    deliveries[step.delivery] ?? step.delivery,
  ]);
  const isNumber = (column) => column > 0 && column < 7;
  const line = (tag, cells) =>
    element(
      'tr',
      {},
      ...cells.map((cell, column) =>
        element(tag, isNumber(column) ? { class: 'number' } : {}, String(cell)),
      ),
    );
  return element('table', {}, line('th', head), ...rows.map((cells) => line('td', cells)));
}

const deliveries = {
  sent: 'own request',
  shared: 'shared with an equal one',
  batched: 'batched with others',
};

function describe(step) {
  const lines = [`${numbers(step)} ${step.subgraph}, wave ${step.wave + 1}`];
  lines.push(
    `${formatMs(step.startMs)} to ${formatMs(step.endMs)}, ${formatBytes(step.requestBytes)} sent`,
  );
  if (step.entities) lines.push(`entities: ${describeEntities(step.entities)}`);
  lines.push(deliveries[step.delivery] ?? step.delivery);
  return lines.join('\n');
}

function describeEntities(entities) {
  if (!entities) return '';
  const { places, representations } = entities;
  return places === representations ? String(places) : `${places} → ${representations}`;
}

/** The numbers of the printed plan. Steps that travelled in one request stand together. */
function numbers({ steps }) {
  return steps.map((step) => `#${step + 1}`).join('+');
}

/** Every subgraph has its own hue, the same in every drawing. */
function colorOf(name) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 3600;
  return `hsl(${(hash * 47) % 360} 55% 50%)`;
}

function formatMs(ms) {
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toFixed(ms >= 1 ? 1 : 2))} ms`;
}

function formatBytes(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

function clip(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function element(name, attributes, ...children) {
  return build(document.createElement(name), attributes, children);
}

function shape(name, attributes, ...children) {
  return build(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

/** Text stays text: nothing of an answer is ever read as HTML. */
function build(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}
