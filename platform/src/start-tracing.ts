import type { Tracing, TracingOptions } from './tracing.ts';

/**
 * Starts to export spans when the settings or the standard variables of OpenTelemetry ask for it
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/): an OTLP endpoint is named, or
 * `OTEL_TRACES_EXPORTER` is `otlp`. `OTEL_SDK_DISABLED=true` and `OTEL_TRACES_EXPORTER=none` switch it off.
 * @returns undefined when it is off: then nothing of OpenTelemetry has been loaded
 * @throws Error for a sampler or an address that cannot be understood
 */
export async function startTracing(options: TracingOptions): Promise<Tracing | undefined> {
  if (!wantsTracing(options)) return undefined;
  const { exportSpans } = await import('./export-spans.ts');
  return exportSpans(options);
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
