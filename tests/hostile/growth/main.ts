import { parseArgs } from 'node:util';
import { startGatewayProcess } from '../gateway-process.ts';
import { startHostileSubgraphs } from '../hostile-graph.ts';
import { uniqueOperation } from './unique-operation.ts';

/** Sends operations that nobody asked before, and writes how much memory the gateway holds. */
const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '50000' },
    connections: { type: 'string', default: '8' },
  },
});
const total = Number(values.operations);
const connections = Number(values.connections);
const step = Math.max(1, Math.floor(total / 10));

const subgraphs = await startHostileSubgraphs();
const gateway = await startGatewayProcess(subgraphs);
let next = 0;
let failed = 0;

async function ask(number: number): Promise<void> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(uniqueOperation(number)),
  });
  const text = await response.text();
  if (response.status !== 200 || !text.startsWith('{"data":') || text.includes('"errors"')) {
    failed += 1;
  }
}

function report(count: number): void {
  const bytes = gateway.residentBytes();
  const shown = bytes === undefined ? 'unknown' : `${Math.round(bytes / 1024 / 1024)} MB`;
  process.stdout.write(`${count} operations, ${failed} failed: ${shown}\n`);
}

async function work(): Promise<void> {
  for (let number = next; number < total; number = next) {
    next += 1;
    await ask(number);
    if ((number + 1) % step === 0) report(number + 1);
  }
}

report(0);
await Promise.all(Array.from({ length: connections }, work));
await gateway.stop();
await subgraphs.stop();
process.exitCode = failed === 0 ? 0 : 1;
