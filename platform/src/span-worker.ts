import { parentPort, workerData } from 'node:worker_threads';
import { exportSpans } from './export-spans.ts';
import type { SpanReply, SpanRequest } from './span-thread.ts';
import type { ExportSettings } from './tracing.ts';

const tell = (reply: SpanReply): void => parentPort?.postMessage(reply);

const exporter = exportSpans(workerData as ExportSettings, (problem) => tell({ problem }));
parentPort?.on('message', ({ spans, isLast }: SpanRequest) => {
  for (const span of spans) exporter.record(span);
  tell('taken');
  // Connections to the collector would keep the thread alive.
  if (isLast) void exporter.stop().then(() => process.exit());
});
tell('ready');
