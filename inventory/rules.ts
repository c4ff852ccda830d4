/**
 * What a single value can't show: rules between the facts. The rules of entries run beside errors of the schema;
 * those of the whole run once every entry could be read.
 */
import { applicationRules } from './rules/applications.ts';
import { custodyRules } from './rules/custody.ts';
import { deskRules } from './rules/desks.ts';
import { domainRules } from './rules/domain.ts';
import { endpointRules } from './rules/endpoints.ts';
import { networkRules } from './rules/network.ts';
import { planRules } from './rules/plan.ts';
import type { Rule } from './rules/rule.ts';

export const entryRules: readonly Rule[] = [
  ...networkRules,
  ...deskRules,
  ...domainRules,
  ...planRules,
  ...custodyRules,
  ...applicationRules,
  ...endpointRules,
];
