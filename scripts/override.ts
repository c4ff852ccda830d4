/** A human takes the interlock's refusal on himself: which role, and why. */
import { DrError } from '../core/errors.ts';
import type { Inventory } from '../inventory/schema.ts';

export type Override = {
  /** A role of the inventory. */
  by: string;
  why: string;
  /** Also where a server of the other site answers, not only where nothing could be proved. */
  alive: boolean;
};
export type OverrideValues = { by?: string | undefined; why?: string | undefined; alive: boolean };

/** A single word is typed by reflex; a reason has more. */
export const SHORTEST_REASON_WORDS = 3;

/** Whether these words are enough to answer for an override; a run asks before it takes the answer. */
export function isReason(why: string): boolean {
  return wordsOf(why).length >= SHORTEST_REASON_WORDS;
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/**
 * The override that was asked for, or undefined where none was.
 * @throws DrError OVERRIDE_INCOMPLETE, OVERRIDE_ROLE_UNKNOWN
 */
export function readOverride(inventory: Inventory, { by, why, alive }: OverrideValues): Override | undefined {
  if (by === undefined && why === undefined && !alive) return undefined;
  if (by === undefined || why === undefined || !isReason(why)) {
    throw new DrError(
      'OVERRIDE_INCOMPLETE',
      'Per scavalcare il blocco servono chi se ne assume la responsabilità e il motivo, in qualche parola. / To override the interlock, say who takes it on himself and why, in some words.',
      'Indicare insieme --override-by RUOLO e --override-why "MOTIVO". / Give --override-by ROLE and --override-why "REASON" together.',
    );
  }
  if (inventory.roles.some(({ id }) => id === by)) return { by, why: wordsOf(why).join(' '), alive };
  throw new DrError(
    'OVERRIDE_ROLE_UNKNOWN',
    `"${by}" non è un ruolo dell'inventario. / It is no role of the inventory.`,
    `Ruoli / roles: ${inventory.roles.map(({ id }) => id).join(', ')}`,
  );
}
