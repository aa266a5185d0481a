import { Kind, parse, type ConstDirectiveNode } from 'graphql';
import type { ReportTable } from '../report/report.ts';

const authorizing = ['authenticated', 'requiresScopes', 'policy'];

/** How many fields of the graph require something of the caller by directive. Rules of the gateway are not seen here. */
export interface AuthorizationCoverage {
  fields: number;
  protected: number;
  /** Root fields without a requirement. */
  openRootFields: string[];
}

/** Counts over the object types of supergraph SDL. */
export function authorizationCoverage(supergraphSdl: string): AuthorizationCoverage {
  const coverage: AuthorizationCoverage = { fields: 0, protected: 0, openRootFields: [] };
  for (const node of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION || node.name.value.startsWith('join__')) continue;
    const isTypeProtected = isProtected(node.directives ?? []);
    for (const field of node.fields ?? []) {
      coverage.fields += 1;
      if (isTypeProtected || isProtected(field.directives ?? [])) coverage.protected += 1;
      else if (['Query', 'Mutation', 'Subscription'].includes(node.name.value)) {
        coverage.openRootFields.push(`${node.name.value}.${field.name.value}`);
      }
    }
  }
  return coverage;
}

/** Coverage before and after, as a table. */
export function coverageTable(
  before: AuthorizationCoverage,
  after: AuthorizationCoverage,
): ReportTable {
  const share = ({ fields, protected: covered }: AuthorizationCoverage): string =>
    `${covered} of ${fields} (${fields === 0 ? 0 : Math.round((covered / fields) * 100)} %)`;
  const opened = after.openRootFields.filter((name) => !before.openRootFields.includes(name));
  return {
    title: 'Authorization by directive (@authenticated, @requiresScopes, @policy)',
    columns: ['', 'before', 'after'],
    rows: [
      ['protected fields', share(before), share(after)],
      [
        'open root fields',
        String(before.openRootFields.length),
        String(after.openRootFields.length),
      ],
      ...(opened.length > 0 ? [['newly open', '', opened.join(', ')]] : []),
    ],
  };
}

function isProtected(directives: readonly ConstDirectiveNode[]): boolean {
  return directives.some(({ name }) => authorizing.includes(name.value.replace(/^.*__/, '')));
}
