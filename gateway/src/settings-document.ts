import { z } from 'zod';
import { configSchema } from './config.ts';
import { trafficDefaults } from './transport/options.ts';

/** The parts of JSON Schema that zod writes for our settings. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

const introduction = `# Settings of the gateway

The gateway reads \`gateway.yaml\` in its working directory, or the file named by \`--config\` or \`GATEWAY_CONFIG\`. Every
setting has a default, so the file may be missing. A name that is not in this list stops the start with a message that says
where it stands. Flags and environment overrule the file:

| Flag | Environment | Setting |
| --- | --- | --- |
| \`--supergraph FILE\\|URL\` | \`SUPERGRAPH\` | \`supergraph.file\` or \`supergraph.url\` |
| \`--port N\` | \`PORT\` | \`listen.port\` |
| \`--host H\` | \`HOST\` | \`listen.host\` |
| \`--workers N\\|auto\` | \`WORKERS\` | \`workers.count\` |
| \`--config FILE\` | \`GATEWAY_CONFIG\` | |

\`NODE_ENV=production\` switches off introspection, name suggestions, the explorers and plan views. \`TRELLIS_WIRE_SECRET\` (or
\`TRELLIS_WIRE_SECRET_FILE\`) signs the identity that travels to subgraphs. \`LOG_LEVEL\` sets the least level of the log.

This list is written by \`npm run document -w @trellis/gateway\` from the schema that checks the settings.
`;

/** Writes docs/settings.md from the schema that checks gateway.yaml. */
export function writeSettingsDocument(): string {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema;
  const sections: string[] = [];
  const top: string[] = [];
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    if (name === 'subgraphs') sections.push(writeSubgraphs(part));
    else if (part.properties) sections.push(section(name, rows(part)));
    else top.push(row(name, part, part.default));
  }
  return [introduction, table(top), ...sections].join('\n');
}

function writeSubgraphs(schema: JsonSchema): string {
  const traffic = schema.additionalProperties;
  const text =
    'What holds for the traffic to subgraphs: `subgraphs.all` for every one, `subgraphs.<name>` for one of them. A setting of the one goes before that of all.\n';
  const lines = typeof traffic === 'object' ? rows(traffic, '', { ...trafficDefaults }) : [];
  return section('subgraphs', lines, text);
}

function section(name: string, lines: readonly string[], text = ''): string {
  return [`## ${name}\n`, ...(text ? [text] : []), table(lines)].join('\n');
}

function table(lines: readonly string[]): string {
  return [
    '| Setting | Values | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

/** @param defaults values that are filled in by code and not by the schema */
function rows(schema: JsonSchema, prefix = '', defaults: Record<string, unknown> = {}): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const value = part.default ?? defaults[name];
    if (part.properties) return rows(part, `${prefix}${name}.`, isRecord(value) ? value : {});
    const own = row(prefix + name, part, value);
    if (part.items) return [own, ...rows(merged([part.items]), `${prefix}${name}[].`)];
    const alternatives = merged(part.anyOf ?? part.oneOf ?? []);
    return [own, ...rows(alternatives, `${prefix}${name}.`, isRecord(value) ? value : {})];
  });
}

/** The settings of all alternatives; what only some of them have says with which `kind`. */
function merged(alternatives: readonly JsonSchema[]): JsonSchema {
  const sections = alternatives.filter(({ properties }) => properties);
  const found = new Map<string, { schema: JsonSchema; kinds: string[] }>();
  for (const { properties = {} } of sections) {
    const kind = String(properties['kind']?.const ?? '');
    for (const [name, schema] of Object.entries(properties)) {
      const kinds = [...(found.get(name)?.kinds ?? []), kind];
      found.set(name, { schema, kinds });
    }
  }
  const isTold = sections.length > 1 && found.has('kind');
  const properties = [...found].map(([name, { schema, kinds }]): [string, JsonSchema] => {
    if (!isTold) return [name, schema];
    if (name === 'kind') return [name, { enum: kinds, description: 'What kind of source.' }];
    const only = `Only with ${kinds.map((kind) => `\`${kind}\``).join(', ')}.`;
    return [name, { ...schema, description: [schema.description, only].filter(Boolean).join(' ') }];
  });
  return { properties: Object.fromEntries(properties) };
}

function row(name: string, schema: JsonSchema, value: unknown): string {
  const shown = value === undefined ? '' : `\`${JSON.stringify(value)}\``;
  const cells = [`\`${name}\``, describeType(schema), shown, schema.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function describeType(schema: JsonSchema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(describeType))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.type === 'array')
    return `list of ${schema.items ? describeType(schema.items) : 'values'}`;
  if (schema.type === 'object') return schema.properties ? 'section' : 'names and values';
  if (schema.type !== 'integer' && schema.type !== 'number') return schema.type ?? '';
  const { minimum, maximum = Number.MAX_SAFE_INTEGER } = schema;
  const low = minimum === undefined ? '' : ` from ${minimum}`;
  return `${schema.type}${low}${maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : ''}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
