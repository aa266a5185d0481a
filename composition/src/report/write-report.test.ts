import { describe, expect, test } from '@jest/globals';
import { wantsColours } from '../terminal.ts';
import type { Report } from './report.ts';
import { writeReport } from './write-report.ts';

const report: Report = {
  command: 'supergraph check',
  passed: false,
  summary: '1 error',
  problems: [
    {
      code: 'FIELD_REMOVED',
      severity: 'error',
      message: 'Field a|b was removed\nby 100 %, everywhere',
      subgraphs: ['shop'],
      coordinate: 'Shop.a',
      places: [
        {
          origin: 'shop, old:1.graphql',
          line: 3,
          column: 2,
          endLine: 4,
          excerpt: '\ta: Int',
          subgraph: 'shop',
        },
      ],
      fix: { title: 'put it back', edits: [] },
    },
    { code: 'NOTE', severity: 'info', message: 'fine', subgraphs: [], places: [] },
  ],
  tables: [{ title: 'Plans', columns: ['name', 'cost'], rows: [['A|B', '1 → 2']] }],
  details: { changes: [1] },
};

describe('reports', () => {
  test('text marks the place and tells the fix', () => {
    expect(writeReport(report, 'text')).toBe(`error FIELD_REMOVED Field a|b was removed
  by 100 %, everywhere
  → shop, old:1.graphql:3:2 (subgraph shop)
    3 │  a: Int
      │  ^
  fix put it back

info NOTE fine

Plans
  name  cost
  A|B   1 → 2

✖ 1 error
`);
  });

  test('a long line is cut around the column', () => {
    const excerpt = `${'x'.repeat(500)}HERE${'y'.repeat(500)}`;
    const place = { origin: 'a', line: 1, column: 501, endLine: 1, excerpt };
    const [problem] = report.problems;
    const text = writeReport(
      { ...report, problems: problem ? [{ ...problem, places: [place] }] : [] },
      'text',
    );
    const lines = text.split('\n');
    const shown = lines.findIndex((line) => line.includes('HERE'));
    expect(lines[shown]?.length).toBeLessThan(140);
    expect(lines[shown + 1]?.indexOf('^')).toBe(lines[shown]?.indexOf('HERE'));
  });

  test('JSON holds problems and results, not tables', () => {
    expect(JSON.parse(writeReport(report, 'json'))).toEqual({
      command: 'supergraph check',
      passed: false,
      summary: '1 error',
      problems: report.problems,
      changes: [1],
    });
  });

  test('GitHub annotations escape what would end them', () => {
    expect(writeReport(report, 'github')).toBe(
      `::error file=shop%2C old%3A1.graphql,line=3,col=2,endLine=4,title=FIELD_REMOVED::Field a|b was removed%0Aby 100 %25, everywhere%0Afix: put it back
::notice title=NOTE::fine
supergraph check: 1 error
`,
    );
  });

  test('SARIF names rules, levels and regions', () => {
    const [run] = (JSON.parse(writeReport(report, 'sarif')) as { version: string; runs: object[] })
      .runs;
    expect(run).toMatchObject({
      tool: { driver: { name: 'trellis', rules: [{ id: 'FIELD_REMOVED' }, { id: 'NOTE' }] } },
      results: [
        {
          ruleId: 'FIELD_REMOVED',
          ruleIndex: 0,
          level: 'error',
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'shop, old:1.graphql' },
                region: { startLine: 3, startColumn: 2, endLine: 4 },
              },
            },
          ],
        },
        { ruleId: 'NOTE', level: 'note', locations: [] },
      ],
    });
  });

  test('markdown calls nobody and begins no elements', () => {
    const problem = {
      code: 'INVALID_FIELD_SHARING',
      severity: 'error' as const,
      message: 'add @shareable or `@override` to <b> (ops@example.com)',
      subgraphs: [],
      places: [
        { origin: 'a.graphql', line: 1, column: 1, endLine: 1, excerpt: '' },
        { origin: 'b.graphql', line: 2, column: 1, endLine: 2, excerpt: '' },
      ],
    };
    const text = writeReport({ ...report, problems: [problem] }, 'markdown');
    expect(text).toContain('add `@shareable` or `@override` to &lt;b> (ops@example.com) |');
    expect(text).toContain('| `a.graphql:1`<br>`b.graphql:2` |');
  });

  test('markdown keeps cells in their rows', () => {
    const text = writeReport(report, 'markdown');
    expect(text).toContain(
      '| `FIELD_REMOVED` | Field a\\|b was removed<br>by 100 %, everywhere<br>**Fix:** put it back |',
    );
    expect(text).toContain('<details><summary>1 note</summary>');
    expect(text).toContain('| A\\|B | 1 → 2 |');
  });

  test('colours only where a person looks', () => {
    expect(writeReport(report, 'text', true)).toContain('\u001B[31m');
    expect(writeReport(report, 'text', false)).not.toContain('\u001B');
    expect(wantsColours({ isTTY: true }, {})).toBe(true);
    expect(wantsColours({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColours({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsColours({}, {})).toBe(false);
    expect(wantsColours({}, { FORCE_COLOR: '1' })).toBe(true);
  });
});
