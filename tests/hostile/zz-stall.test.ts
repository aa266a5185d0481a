import { test } from '@jest/globals';
import { readFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Supergraph } from '@apollo/federation-internals';
import { readGatewayConfig } from '@trellis/gateway/config';
import { startGateway } from '@trellis/gateway/gateway';
import { createLog } from '@trellis/platform/log';
import { getNamedType, isCompositeType, isAbstractType, isObjectType, type GraphQLCompositeType, type GraphQLSchema } from 'graphql';
import { watchStalls } from './watch-stalls.ts';
import { stepChannel } from '../../gateway/src/channels.ts';

function big(schema: GraphQLSchema, budget: number, maxDepth: number, seed: number): string {
  let left = budget;
  let s = seed;
  const rand = () => (s = (s * 1103515245 + 12345) % 2147483648) / 2147483648;
  const select = (type: GraphQLCompositeType, depth: number): string => {
    const parts: string[] = [];
    if (isAbstractType(type)) {
      for (const t of schema.getPossibleTypes(type)) { if (left <= 0) break; parts.push(`... on ${t.name} ${select(t, depth)}`); left -= 1; }
      return `{ __typename ${parts.join(' ')} }`;
    }
    if (!isObjectType(type)) return '{ __typename }';
    const fields = Object.values(type.getFields()).filter((f) => f.args.every((a) => !String(a.type).endsWith('!') || a.defaultValue !== undefined));
    for (const f of fields.sort(() => rand() - 0.5)) {
      if (left <= 0) break;
      const named = getNamedType(f.type);
      if (isCompositeType(named)) { if (depth >= maxDepth) continue; left -= 1; parts.push(`${f.name} ${select(named, depth + 1)}`); }
      else { left -= 1; parts.push(f.name); }
    }
    return parts.length ? `{ ${parts.join(' ')} }` : '{ __typename }';
  };
  return `query Q${seed} ${select(schema.getQueryType()!, 1)}`;
}

test('stall', async () => {
  const file = fileURLToPath(new URL('../../supergraph.graphql', import.meta.url));
  const schema = Supergraph.build(readFileSync(file, 'utf8'), { supportedFeatures: null as never, validateSupergraph: false } as never).apiSchema().toGraphQLJSSchema();
  const sub = createServer((q, r) => { q.resume(); q.on('end', () => { r.setHeader('content-type', 'application/json'); r.end('{"data":{}}'); }); });
  await new Promise<void>((res) => sub.listen(0, '127.0.0.1', res));
  const url = `http://127.0.0.1:${(sub.address() as AddressInfo).port}/`;
  const folder = mkdtempSync(join(tmpdir(), 'ep-'));
  writeFileSync(join(folder, 'gateway.yaml'), JSON.stringify({ operation: { cost: { maxCost: 1e15 } }, subgraphs: { all: { url } }, execution: JSON.parse(process.env['EP_EXEC'] ?? '{}') }));
  const gateway = await startGateway({ config: readGatewayConfig(join(folder, 'gateway.yaml'), { supergraph: file, port: '0' }), log: createLog('t', { LOG_LEVEL: 'silent' }), env: { NODE_ENV: 'production' } });
  const out: string[] = [];
  const marks: string[] = [];
  const steps: Record<string, (m: any) => void> = { start: ({ step }) => marks.push(`${step}+${performance.now().toFixed(0)}`), end: ({ step }) => marks.push(`${step}-${performance.now().toFixed(0)}`), asyncStart: () => undefined, asyncEnd: ({ step }) => marks.push(`${step}=${performance.now().toFixed(0)}`), error: () => undefined };
  if (process.env['EP_STEPS']) stepChannel.subscribe(steps as never);
  for (const [budget, depth] of [[300, 8], [900, 8], [900, 14], [990, 5], [4500, 12]] as const) {
    for (let seed = 1; seed <= 4; seed += 1) {
      const query = big(schema, budget, depth, seed * 7 + budget);
      marks.length = 0;
      const watch = watchStalls();
      const began = performance.now();
      const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
      const body = await response.text();
      out.push(`${budget}/${depth} #${seed}: ${response.status} ${body.slice(0, 90)} chars ${query.length} took ${(performance.now() - began).toFixed(0)} stall ${watch.stop().toFixed(0)} ${marks.map((m) => m.replace(/\d+$/, (n) => String(Number(n) - Math.round(began)))).join(' ')}`);
    }
  }
  console.log(out.join('\n'));
  await gateway.stop();
  sub.close(); sub.closeAllConnections();
}, 200_000);
