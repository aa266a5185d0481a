import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

export interface ServiceTarget {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** A DNS server on loopback (RFC 1035), whose records change at any time. */
export interface NameServer {
  /** As settings name it: address and port. */
  readonly address: string;
  /** IPv4 addresses by name. A name that is in neither map does not exist. */
  readonly addresses: Map<string, readonly string[]>;
  /** SRV records by name (RFC 2782). */
  readonly services: Map<string, readonly ServiceTarget[]>;
  /** Seconds that records stand. */
  ttl: number;
  /** Answers every question with this code while set: 2 is SERVFAIL. */
  failure: number | undefined;
  /** Names that were asked for, with the kind of record: `stock.test A`. */
  readonly asked: string[];
  stop(): void;
}

const kinds: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA', 33: 'SRV' };

export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  const server: NameServer = {
    address: `127.0.0.1:${port}`,
    addresses: new Map(),
    services: new Map(),
    ttl: 1,
    failure: undefined,
    asked: [],
    stop: () => void socket.close(),
  };
  socket.on('message', (question, { port: from, address }) => {
    socket.send(answer(question, server), from, address);
  });
  return server;
}

function answer(question: Buffer, server: NameServer): Buffer {
  const { name, end } = readName(question);
  const kind = kinds[question.readUInt16BE(end)] ?? 'other';
  server.asked.push(`${name} ${kind}`);
  const records = server.failure === undefined ? findRecords(name, kind, server) : [];
  const isKnown = server.addresses.has(name) || server.services.has(name);
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (server.failure ?? (isKnown ? 0 : 3)), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([
    header,
    question.subarray(12, end + 4),
    ...records.map((data) => record(question.readUInt16BE(end), data, server.ttl)),
  ]);
}

function findRecords(name: string, kind: string, server: NameServer): readonly Buffer[] {
  if (kind === 'A') {
    return (server.addresses.get(name) ?? []).map((ip) => Buffer.from(ip.split('.').map(Number)));
  }
  if (kind !== 'SRV') return [];
  return (server.services.get(name) ?? []).map(({ priority, weight, port, target }) => {
    const numbers = Buffer.alloc(6);
    [priority, weight, port].forEach((value, at) => numbers.writeUInt16BE(value, at * 2));
    return Buffer.concat([numbers, writeName(target)]);
  });
}

function record(type: number, data: Buffer, ttl: number): Buffer {
  const head = Buffer.alloc(12);
  // The name of the question, as a pointer to it (RFC 1035 §4.1.4).
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function readName(question: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  // Resolvers vary the case of what they ask, to be told from forged answers.
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function writeName(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}
