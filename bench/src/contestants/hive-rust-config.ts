import { defineConfig } from '@graphql-hive/gateway';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { hiveBase } from './hive-base.ts';

/**
 * Hive Gateway over its query planner written in Rust, which brings an executor of its own. Together with `jit: true`
 * it answers null for every root field, so that stays off.
 */
export const gatewayConfig = defineConfig({ ...hiveBase, unifiedGraphHandler });
