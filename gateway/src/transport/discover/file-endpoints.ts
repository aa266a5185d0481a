import { readConfigFile } from '@trellis/platform/read-config';
import { endpointList, toEndpoints } from './endpoint-list.ts';
import type { ReadEndpoints } from './watch-endpoints.ts';

const defaultIntervalMs = 1_000;

/** The instances are listed in a YAML or JSON file, read anew every `intervalMs`. */
export function fileEndpoints(path: string, intervalMs = defaultIntervalMs): ReadEndpoints {
  return () =>
    Promise.resolve({
      endpoints: toEndpoints(readConfigFile(endpointList, path)),
      validForMs: intervalMs,
    });
}
