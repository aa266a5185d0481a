import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { displayPath, manifestLimit, readTextFile } from '../supergraph/read-text-file.ts';
import type { Terminal } from '../terminal.ts';
import type { KnownOperation } from './known-operation.ts';
import { parseManifest } from './parse-manifest.ts';
import { findSharedFragments } from './find-shared-fragments.ts';
import { readUsageLog, type UsageCoverage } from './read-usage-log.ts';
import { missingFragments, splitDocuments, type DocumentText } from './split-documents.ts';

/** Where known operations come from. */
export interface OperationSources {
  /** Files or folders: documents (.graphql, .gql), manifests (.json), usage logs (.jsonl, .ndjson, .log). */
  paths: string[];
  /** Entries of usage logs older than this are ignored. */
  sinceDays: number;
}

const documentFile = /\.(graphql|gql)$/;
const logFile = /\.(jsonl|ndjson|log)$/;

/**
 * Reads every known operation, one entry for each text.
 * @throws CommandError for a missing path, a document that does not parse, a file that is none of the kinds
 */
export async function readOperations(
  sources: OperationSources,
  terminal: Terminal,
): Promise<KnownOperation[]> {
  return (await readUsage(sources, terminal)).operations;
}

/** The same, with what the usage logs among the sources cover; undefined when there is none. */
export async function readUsage(
  sources: OperationSources,
  terminal: Terminal,
): Promise<{ operations: KnownOperation[]; coverage: UsageCoverage | undefined }> {
  const since = new Date(Date.now() - sources.sinceDays * 86_400_000);
  const operations: KnownOperation[] = [];
  let coverage: UsageCoverage | undefined;
  const groups: Group[] = [];
  for (const path of sources.paths) {
    const files = await filesBelow(resolve(terminal.cwd, path), path);
    const group: Group = { files: [], documents: [] };
    for (const file of files) {
      const origin = displayPath(file, terminal.cwd);
      if (logFile.test(file)) {
        const usage = await readUsageLog({ file, origin, since });
        operations.push(...usage.operations);
        coverage = coverage ? addCoverage(coverage, usage.coverage) : usage.coverage;
        continue;
      }
      if (!documentFile.test(file)) {
        operations.push(...parseManifest(await readTextFile(file, origin, manifestLimit), origin));
      } else {
        const text = await readTextFile(file, origin);
        group.files.push(file);
        group.documents.push({ origin, text });
      }
    }
    groups.push(group);
  }
  operations.push(...(await splitGroups(groups, terminal.cwd)));
  return { operations: mergeEqual(operations), coverage };
}

/** Of several logs, such as one a day, the oldest tells since when usage is known. */
function addCoverage(one: UsageCoverage, other: UsageCoverage): UsageCoverage {
  const times = [one.since, other.since].filter((time) => time !== undefined);
  return {
    since: times.toSorted((a, b) => a.getTime() - b.getTime())[0],
    beyond: one.beyond + other.beyond,
  };
}

/** The documents of one path: a file, or all below a folder. */
interface Group {
  files: string[];
  documents: DocumentText[];
}

/** Fragments come from the documents of the same path, else from those of the others, else from files beside. */
async function splitGroups(groups: Group[], cwd: string): Promise<KnownOperation[]> {
  const operations: KnownOperation[] = [];
  for (const group of groups) {
    const { documents, files } = group;
    const shared = groups.flatMap((other) => (other === group ? [] : other.documents));
    if (files[0] !== undefined && missingFragments(documents, shared).length > 0) {
      shared.push(...(await findSharedFragments({ file: files[0], documents }, cwd)));
    }
    operations.push(...splitDocuments(documents, shared));
  }
  return operations;
}

async function filesBelow(path: string, given: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new CommandError(`${given}: no such file or folder`);
  if (found.isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => documentFile.test(file) || logFile.test(file) || file.endsWith('.json'))
    .toSorted();
}

/** The same text in a folder and in a log is one operation. */
function mergeEqual(operations: KnownOperation[]): KnownOperation[] {
  const byText = new Map<string, KnownOperation>();
  for (const operation of operations) {
    const known = byText.get(operation.text);
    if (!known) {
      byText.set(operation.text, operation);
      continue;
    }
    known.clients = [...new Set([...known.clients, ...operation.clients])];
    if (operation.count !== undefined) known.count = (known.count ?? 0) + operation.count;
    if (operation.lastSeenAt && (known.lastSeenAt ?? 0) < operation.lastSeenAt) {
      known.lastSeenAt = operation.lastSeenAt;
    }
  }
  return [...byText.values()];
}
