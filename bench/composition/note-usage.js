// Loaded into the measured process: writes its peak memory and CPU time when it ends.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { maxRssMb: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 };
  if (process.env.USAGE_FILE) writeFileSync(process.env.USAGE_FILE, JSON.stringify(usage));
});
