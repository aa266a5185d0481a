import { setTimeout as delay } from 'node:timers/promises';
import { readConfigFile } from '@trellis/platform/read-config';
import { endpointList, toEndpoints } from './endpoint-list.ts';
import type { ReadEndpoints } from './watch-endpoints.ts';

const defaultIntervalMs = 1_000;
/** A file that changed is read again after this time: half a list may be a list as well. */
const settleMs = 50;

/** The instances are listed in a YAML or JSON file, read anew every `intervalMs`, and believed once it is written to its end. */
export function fileEndpoints(path: string, intervalMs = defaultIntervalMs): ReadEndpoints {
  let accepted: string | undefined;
  return async () => {
    let urls = readConfigFile(endpointList, path);
    while (accepted !== undefined && urls.join('\n') !== accepted) {
      await delay(settleMs, undefined, { ref: false });
      const again = readConfigFile(endpointList, path);
      if (again.join('\n') === urls.join('\n')) break;
      urls = again;
    }
    accepted = urls.join('\n');
    return { endpoints: toEndpoints(urls), validForMs: intervalMs };
  };
}
