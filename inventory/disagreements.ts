import type { Finding, Locate } from './findings.ts';
import type { Inventory } from './schema.ts';

export function disagreementFindings(_inventory: Inventory, _locate: Locate): Finding[] {
  return [];
}
