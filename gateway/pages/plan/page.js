// The page at /plan: runs an operation with the header trellis-query-plan and shows what the gateway did.
import { drawTimeline } from './timeline.js';
import { element } from './elements.js';
import { count, deliveries, describeEntities, formatBytes, formatMs } from './words.js';

const form = document.getElementById('ask');
const queryField = document.getElementById('query');
const variablesField = document.getElementById('variables');
const headersField = document.getElementById('headers');
const runButton = document.getElementById('run');
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
  runButton.disabled = true;
  result.setAttribute('aria-busy', 'true');
  try {
    const variables = readJson(variablesField, 'The variables are');
    const headers = readJson(headersField, 'The headers are') ?? {};
    const body = await ask({ query: queryField.value, variables }, headers);
    remember(queryField.value, variablesField.value.trim());
    result.replaceChildren(...show(body));
  } catch (error) {
    result.replaceChildren(element('p', { class: 'bad' }, error.message));
  } finally {
    runButton.disabled = false;
    result.removeAttribute('aria-busy');
  }
}

function readJson(field, whatIs) {
  const text = field.value.trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    field.focus();
    throw new Error(`${whatIs} no JSON: ${error.message}`, { cause: error });
  }
}

async function ask(body, headers) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'trellis-query-plan': '1' },
    body: JSON.stringify(body),
  }).catch((error) => {
    throw new Error(`The gateway cannot be reached: ${error.message}`, { cause: error });
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      `The gateway answered with status ${response.status} and no JSON: ${text.slice(0, 500)}`,
    );
  }
}

/** The address of the page is that of the drawing: it can be sent to somebody. Headers are nobody else's business. */
function remember(query, variables) {
  const search = new URLSearchParams({ query, ...(variables === '' ? {} : { variables }) });
  history.replaceState(null, '', `?${search}`);
}

function show({ extensions, ...answer }) {
  const { plan, trace, authorization } = extensions?.trellis ?? {};
  const parts = [];
  if (answer.errors) parts.push(showErrors(answer.errors));
  if (trace) {
    parts.push(element('h2', {}, 'The last run'), showSummary(trace));
    if (trace.steps.length > 0) parts.push(showTimeline(trace), showTable(trace.steps));
  }
  if (plan) parts.push(element('h2', {}, 'The plan'), ...showPlan(plan));
  if (authorization)
    parts.push(element('h2', {}, 'Who may see what'), element('pre', {}, authorization));
  const json = JSON.stringify(answer, null, 2);
  return [...parts, element('h2', {}, 'The answer'), element('pre', {}, json)];
}

const shownErrors = 20;

function showErrors(errors) {
  const items = errors.slice(0, shownErrors).map(({ message, path, extensions }) => {
    const place = path ? ` at ${path.join('.')}` : '';
    return element('li', {}, `${message} (${extensions?.code ?? 'no code'}${place})`);
  });
  const more = errors.length - items.length;
  if (more > 0) items.push(element('li', {}, `and ${more} more, in the answer below`));
  return element('ul', { class: 'bad' }, ...items);
}

function showSummary({ steps, durationMs, responseBytes }) {
  const waves = new Set(steps.map(({ wave }) => wave)).size;
  const own = steps.filter(({ delivery }) => delivery === 'sent').length;
  const failed = steps.filter(({ errors }) => errors > 0).length;
  const parts = [
    `${formatMs(durationMs)} in ${count(waves, 'wave')}`,
    `${count(steps.length, 'fetch', 'fetches')}${own < steps.length ? `, ${own} with a request of their own` : ''}`,
    ...(failed > 0 ? [`${failed} with errors`] : []),
    `answer of ${formatBytes(responseBytes)}`,
  ];
  return element('p', {}, parts.join(' · '));
}

/** Drawn for the width there is, and anew when that changes: letters keep their size. */
function showTimeline(trace) {
  const holder = element('div', { class: 'timeline' });
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width > 0) holder.replaceChildren(drawTimeline(trace, contentRect.width));
  }).observe(holder);
  return holder;
}

const columns = [
  'Fetch',
  'Wave',
  'Start',
  'Time',
  'Sent',
  'Received',
  'Entities',
  'Errors',
  'Delivery',
];

function showTable(steps) {
  const rows = steps.map((step) => [
    element('a', { href: `#fetch-${step.number}` }, `#${step.number} ${step.subgraph}`),
    step.wave + 1,
    formatMs(step.startMs),
    formatMs(step.endMs - step.startMs),
    formatBytes(step.requestBytes),
    formatBytes(step.responseBytes),
    describeEntities(step.entities),
    step.errors,
    deliveries[step.delivery] ?? step.delivery,
  ]);
  const isNumber = (column) => column > 0 && column < columns.length - 1;
  const line = (tag, cells) =>
    element(
      'tr',
      {},
      ...cells.map((cell, column) =>
        element(tag, isNumber(column) ? { class: 'number' } : {}, cell),
      ),
    );
  const table = element(
    'table',
    {},
    line('th', columns),
    ...rows.map((cells) => line('td', cells)),
  );
  return element('div', { class: 'wide' }, table);
}

/** One block for each fetch of the printed plan, so that the table can lead there. */
function showPlan(plan) {
  const blocks = plan.trimEnd().split(/\n(?=Wave |  #)/);
  return blocks.map((block) => {
    const number = /^ {2}#(\d+) /.exec(block)?.[1];
    if (number === undefined) return element('h3', {}, block);
    return element('pre', { id: `fetch-${number}` }, block.replaceAll(/^ {2}/gm, ''));
  });
}
