import { defineConfig } from '@graphql-hive/gateway';
import { hiveBase } from './hive-base.ts';

/** Hive Gateway as the public benchmark runs it, its just-in-time execution on. */
export const gatewayConfig = defineConfig({ ...hiveBase, jit: true });
