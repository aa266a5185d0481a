import type { Problem } from '../report/problem.ts';
import { count, type Report, type ReportTable } from '../report/report.ts';
import type { RulesOfGraph } from './inspect.ts';

const origins = ['own', 'inherited', 'fallback', 'directive', 'none'] as const;

export interface RuleFindings {
  rules: RulesOfGraph;
  problems: Problem[];
  /** Whether findings make the command fail. */
  isChecking: boolean;
  /** Whether every field is listed. */
  showsFields: boolean;
}

/** Makes the report: coverage first, then every field with its rule. */
export function makeRulesReport(given: RuleFindings): Report {
  const { rules, isChecking, showsFields } = given;
  const { fields } = rules;
  const problems = isChecking ? given.problems : given.problems.map(asWarning);
  const errors = given.problems.filter(({ severity }) => severity === 'error').length;
  const ruled = fields.filter(({ origin }) => origin !== 'none').length;
  const share = fields.length === 0 ? 0 : Math.round((ruled / fields.length) * 100);
  const coverage = `${ruled} of ${count(fields.length, 'field')} ${ruled === 1 ? 'has' : 'have'} a rule (${share} %)`;
  const passed = !isChecking || errors === 0;
  return {
    command: 'authorization report',
    passed,
    summary: `${coverage}, ${errors === 0 ? 'nothing to look at' : `${count(errors, 'finding')} to look at`}`,
    problems,
    tables: [coverageTable(fields), ...(showsFields ? [fieldTable(fields)] : [])],
    details: { permissions: rules.permissions, coverage: counts(fields), fields },
  };
}

function asWarning(problem: Problem): Problem {
  return problem.severity === 'error' ? { ...problem, severity: 'warning' } : problem;
}

function counts(fields: RulesOfGraph['fields']): Record<string, number> {
  const open = fields.filter(({ isOpen, origin }) => isOpen && origin !== 'none').length;
  return {
    fields: fields.length,
    ...Object.fromEntries(
      origins.map((name) => [
        name,
        fields.filter(({ origin }) => origin.split('+').includes(name)).length,
      ]),
    ),
    allow: open,
  };
}

function coverageTable(fields: RulesOfGraph['fields']): ReportTable {
  const { fields: all, allow, ...byOrigin } = counts(fields);
  return {
    title: 'Authorization coverage',
    columns: ['rule', 'fields'],
    rows: [
      ...Object.entries(byOrigin).map(([name, amount]) => [name, String(amount)]),
      ['of these open to all by a rule', String(allow)],
      ['all', String(all)],
    ],
  };
}

function fieldTable(fields: RulesOfGraph['fields']): ReportTable {
  return {
    title: 'Fields',
    columns: ['field', 'type', 'rule', 'origin', 'decided'],
    rows: fields.map(({ coordinate, type, rule, origin, decided }) => [
      coordinate,
      type,
      rule,
      origin,
      decided === 'never' ? '' : decided,
    ]),
  };
}
