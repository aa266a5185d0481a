import { createSampler } from './create-sampler.ts';
import type { Logger } from './log.ts';
import { readSampler } from './read-sampler.ts';
import type {
  ExportSettings,
  SpanExporter,
  TellProblem,
  Tracing,
  TracingOptions,
} from './tracing.ts';

/** One line about a collector that is away is enough for so long. */
const silenceMs = 60_000;

/**
 * Starts to export spans when the settings or the standard variables of OpenTelemetry ask for it
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/): an OTLP endpoint is named, or
 * `OTEL_TRACES_EXPORTER` is `otlp`. `OTEL_SDK_DISABLED=true` and `OTEL_TRACES_EXPORTER=none` switch it off.
 * @returns undefined when it is off: then nothing of OpenTelemetry has been loaded
 * @throws Error for a sampler or an address that cannot be understood
 */
export async function startTracing(options: TracingOptions): Promise<Tracing | undefined> {
  if (!wantsTracing(options)) return undefined;
  const { env, endpoint, serviceName, sampleRatio, log } = options;
  const isSampled = createSampler(readSampler(env, sampleRatio));
  const url = readUrl(env, endpoint);
  const settings = { serviceName, url, timeOriginMs: performance.timeOrigin };
  const tell = tellSeldom(log);
  const exporter =
    (options.hasOwnThread ? await exportBeside(settings, tell) : undefined) ??
    (await exportHere(settings, tell));
  return {
    isSampled,
    record: (span) => exporter.record(span),
    stop: () => exporter.stop(),
  };
}

function wantsTracing({ env, endpoint }: TracingOptions): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporter = env['OTEL_TRACES_EXPORTER'];
  if (exporter === 'none') return false;
  if (exporter !== undefined && exporter !== '' && exporter !== 'otlp') {
    throw new Error(`environment: OTEL_TRACES_EXPORTER is "${exporter}"; otlp and none are known`);
  }
  return (
    exporter === 'otlp' ||
    endpoint !== undefined ||
    Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT']) ||
    Boolean(env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])
  );
}

/** The base address gets the path of traces, the address for traces is taken as it is (OTLP exporter specification). */
function readUrl(env: NodeJS.ProcessEnv, endpoint = 'http://localhost:4318'): string {
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT'] || endpoint;
  const url = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || `${base.replace(/\/$/, '')}/v1/traces`;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(
      `the address of the OpenTelemetry collector is "${url}", not http:// or https://`,
    );
  }
  return url;
}

/** @returns undefined where threads cannot run our code */
async function exportBeside(
  settings: ExportSettings,
  tell: TellProblem,
): Promise<SpanExporter | undefined> {
  const { exportInThread } = await import('./span-thread.ts');
  return exportInThread(settings, tell);
}

async function exportHere(settings: ExportSettings, tell: TellProblem): Promise<SpanExporter> {
  const { exportSpans } = await import('./export-spans.ts');
  return exportSpans(settings, tell);
}

function tellSeldom(log: Logger): TellProblem {
  let quietUntil = 0;
  return (reason) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + silenceMs;
    log.warn({ reason }, 'spans could not be exported');
  };
}
