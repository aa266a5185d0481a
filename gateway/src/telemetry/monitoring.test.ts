import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { startTestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8');

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}
interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: { readonly summary: string };
    }[];
  }[];
}
interface Compose {
  readonly services: Readonly<Record<string, { readonly volumes?: readonly string[] }>>;
}

const dashboard = JSON.parse(read('gateway/monitoring/dashboard.json')) as Dashboard;
const alerts = (parse(read('gateway/monitoring/alerts.yaml')) as Alerts).groups.flatMap(
  ({ rules }) => rules,
);
const expressions = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr] as const),
  ),
  ...dashboard.annotations.list.map(({ expr }) => ['annotation', expr] as const),
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
];

/** What Prometheus itself adds. */
const added = new Set(['instance', 'job', 'le']);

/** Labels by metric, as a gateway says them that has met everything that is counted. */
let labels: ReadonlyMap<string, ReadonlySet<string>>;

beforeAll(async () => {
  const subgraphs = await startUsersAndReviews();
  const gateway = await startTestGateway(subgraphs.sdl, {
    settings: {
      telemetry: { listen: { port: 0 } },
      rateLimits: { operations: [{ name: 'Seldom', requests: 1 }] },
    },
  });
  const query = '{ me { name reviews { text } } }';
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const bodies = [{ query, extensions }, { query: '{ nobody }' }, { query: '{ fail }' }];
  for (const body of bodies) await gateway.ask(body);
  for (let at = 0; at < 2; at += 1) await gateway.ask({ query: 'query Seldom { me { id } }' });
  await subgraphs.stop();
  for (let at = 0; at < 30; at += 1) await gateway.ask({ query: `{ user(id: "${at}") { name } }` });
  const response = await fetch(`${gateway.telemetryUrl ?? ''}/metrics`);
  labels = readLabels(await response.text());
  await gateway.stop();
});

function readLabels(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const read = new Map<string, Set<string>>();
  for (const [, name = '', written = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = read.get(name) ?? new Set();
    for (const [, label = ''] of written.matchAll(/(\w+)="/g)) known.add(label);
    read.set(name, known);
  }
  // Names alone of metrics that nothing was counted of yet.
  for (const [, name = ''] of text.matchAll(/^# TYPE (\w+)/gm)) {
    if (!read.has(name)) read.set(name, new Set(['outcome', 'moment', 'id']));
  }
  return read;
}

/** Metric → labels that an expression selects or groups it by. */
function usesOf(expression: string): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>();
  for (const [, name = '', , selected = ''] of expression.matchAll(
    /((?:trellis|process|nodejs)_\w+)(\{([^}]*)\})?/g,
  )) {
    const used = uses.get(name) ?? new Set<string>();
    for (const [, label = ''] of selected.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) used.add(label);
    for (const [, list = ''] of expression.matchAll(/\bby \(([^)]*)\)/g)) {
      for (const label of list.split(',')) used.add(label.trim());
    }
    uses.set(name, used);
  }
  return uses;
}

describe('the dashboard and the alerts', () => {
  test.each(expressions)('name only what a gateway says: %s: %s', (_what, expression) => {
    if (expression === 'up{job="trellis"} == 0') return;
    const uses = usesOf(expression);
    expect(uses.size).toBeGreaterThan(0);
    for (const [name, used] of uses) {
      const known = labels.get(name);
      expect([name, known !== undefined]).toEqual([name, true]);
      const strange = [...used].filter((label) => !added.has(label) && !known?.has(label));
      expect([name, strange]).toEqual([name, []]);
    }
  });

  test('leave no metric of the gateway unwatched', () => {
    const shown = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const unwatched = [...labels.keys()]
      .filter((name) => name.startsWith('trellis_'))
      .map((name) => name.replace(/_(bucket|sum|count)$/, ''))
      .filter((name) => !shown.some((expr) => expr.includes(name)));
    expect(unwatched).toEqual([]);
  });

  test('have panels that stand beside each other, each with a number of its own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(panels.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  test('have alerts with names of their own that say what is wrong', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { annotations } of alerts) expect(annotations.summary.length).toBeGreaterThan(20);
  });

  test('are mounted from files that are there', () => {
    const { services } = parse(read('docker-compose.monitoring.yml')) as Compose;
    const mounted = Object.values(services)
      .flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
      .filter((source) => source.startsWith('./'));
    expect(mounted.length).toBe(5);
    expect(mounted.filter((source) => !existsSync(`${root}/${source}`))).toEqual([]);
  });
});
