import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLSchema,
} from 'graphql';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openSupergraph } from '../graph/open-supergraph.ts';
import { readSupergraph } from '../graph/read-supergraph.ts';
import type { KnownOperation } from '../operations/known-operation.ts';
import { readOperations } from '../operations/read-operations.ts';
import { usedCoordinates } from '../operations/used-coordinates.ts';
import { count, type Report, type ReportFormat } from '../report/report.ts';
import { writeReport } from '../report/write-report.ts';
import { readSettings } from '../settings.ts';
import type { Terminal } from '../terminal.ts';

export interface UsageOptions {
  supergraph: string;
  operations?: string[];
  sinceDays?: number;
  settings?: string;
  /** Only these coordinates; default: everything deprecated. */
  coordinate?: string[];
  format: ReportFormat;
}

/** `trellis operation usage`: who still uses what is deprecated, or given coordinates. */
export async function usage(options: UsageOptions, terminal: Terminal): Promise<ExitCode> {
  const settings = await readSettings(options.settings, terminal);
  const { sdl, shownAs } = await readSupergraph(options.supergraph, terminal);
  const schema = openSupergraph(sdl, shownAs).apiSchema();
  const sources = {
    paths: options.operations ?? settings.operations,
    sinceDays: options.sinceDays ?? settings.usageDays,
  };
  const operations = (await readOperations(sources, terminal)).map((operation) => ({
    operation,
    used: usedCoordinates(operation.document, schema),
  }));
  const asked =
    options.coordinate?.map((coordinate) => [coordinate, ''] as const) ??
    deprecatedCoordinates(schema);
  const rows = asked.map(([coordinate, reason]) => {
    const users = operations
      .filter(({ used }) => used.has(coordinate))
      .map(({ operation }) => operation);
    return [coordinate, reason, ...usersCells(users)];
  });
  const report: Report = {
    command: 'operation usage',
    passed: true,
    summary: `${count(asked.length, options.coordinate ? 'coordinate' : 'deprecated element')}, ${count(operations.length, 'known operation')}`,
    problems: [],
    tables:
      rows.length === 0
        ? []
        : [
            {
              title: 'Usage',
              columns: ['element', 'reason', 'operations', 'clients', 'last seen'],
              rows,
            },
          ],
    details: {
      usage: rows.map(([element, reason, used, clients, lastSeen]) => ({
        element,
        reason,
        operations: used,
        clients,
        lastSeen,
      })),
    },
  };
  terminal.out(writeReport(report, options.format, terminal.colours.out));
  return exitCodes.passed;
}

function usersCells(users: KnownOperation[]): string[] {
  const last = users
    .flatMap(({ lastSeenAt }) => lastSeenAt ?? [])
    .toSorted((a, b) => b.getTime() - a.getTime())[0];
  const clients = new Set(users.flatMap((user) => user.clients));
  return [
    users
      .map(({ name, count: times }) => (times === undefined ? name : `${name} ${times}×`))
      .join(', ') || 'none',
    [...clients].join(', '),
    last?.toISOString().slice(0, 10) ?? '',
  ];
}

/** Deprecated fields, arguments, input fields and enum values, with their reasons. */
function deprecatedCoordinates(schema: GraphQLSchema): (readonly [string, string])[] {
  return Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => {
      if (isEnumType(type))
        return type
          .getValues()
          .map((value) => [`${type.name}.${value.name}`, value.deprecationReason] as const);
      if (isInputObjectType(type)) {
        return Object.values(type.getFields()).map(
          (field) => [`${type.name}.${field.name}`, field.deprecationReason] as const,
        );
      }
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      return Object.values(type.getFields()).flatMap((field) => [
        [`${type.name}.${field.name}`, field.deprecationReason] as const,
        ...field.args.map(
          (argument) =>
            [`${type.name}.${field.name}.${argument.name}`, argument.deprecationReason] as const,
        ),
      ]);
    })
    .flatMap(([coordinate, reason]) =>
      typeof reason === 'string' ? [[coordinate, reason] as const] : [],
    )
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
