/** What a letter of the plan is, and what it is made from. */
import { DrError } from '../../core/errors.ts';
import type { MailList } from '../../inventory/mail-lists.ts';
import type { Inventory } from '../../inventory/schema.ts';
import type { Role, Scenario } from '../../inventory/schema-plan.ts';

/** The letters of chapter 6, and that of the return. */
export const messageNames = [
  'committee-called',
  'council-and-board-crisis',
  'staff-services',
  'viareggio-warned',
  'suppliers-warned',
  'committee-progress',
  'committee-restored',
  'committee-returned',
  'staff-closure',
  'press-closure',
  'council-and-board-closure',
] as const;
export type MessageName = (typeof messageNames)[number];

/** Who it is for (by list, never by address), and what it says, in Italian. */
export type Letter = { lists: readonly MailList[]; subject: string; text: string };

export type LetterFacts = {
  inventory: Inventory;
  runId: string;
  /** Absent in a return. */
  scenario?: Scenario['id'];
  /** A drill's letter says so in its subject and its first line. */
  kind: 'drill' | 'restore' | 'return';
  /** False when the committee decided something else than Viareggio (6.1.10): then no letter speaks of hours there. */
  secondarySite?: boolean;
  /** When the state of crisis was declared (6.1.1). */
  declaredAtUtc?: string;
  /** Where and when the committee meets (6.1.2), in the words of whoever opened the place. */
  controlCentre?: string;
  /** When it was decided what to do about the crisis (6.1.10). */
  decidedAtUtc?: string;
  /** By when file server and domain are promised at Viareggio (6.2.4). */
  promisedReleaseUtc?: string;
  /** From when until when nobody could work on files because of the return. */
  outage?: { fromUtc: string; toUtc: string };
  /** File server and domain are restored at Viareggio. */
  serverIsBack?: boolean;
  /** What was written after this instant is missing: the restored snapshot's. */
  dataUntilUtc?: string;
  /** What else does not work, or not as before (6.3.1), in the words of those who tried it. */
  limits?: readonly string[];
};

/** What a template gives: the drill's mark, greeting and signature are the same for all. */
export type Draft = {
  lists: readonly MailList[];
  subject: string;
  /** A role of roles.yaml. */
  signedBy: Role['id'];
  /** False for the public, to whom the run's name says nothing. */
  internal: boolean;
  paragraphs: readonly (string | null)[];
};

const drillMark = 'ESERCITAZIONE';

export function isDrillLetter({ subject }: Letter): boolean {
  return subject.startsWith(drillMark);
}

/** @throws DrError LETTER_FACTS when the inventory has no such role or scenario */
export function composeLetter(facts: LetterFacts, draft: Draft): Letter {
  const drill = facts.kind === 'drill';
  const role = fact(
    facts.inventory.roles.find(({ id }) => id === draft.signedBy),
    draft.signedBy,
  );
  const paragraphs = [
    drill ? `${drillMark}: questa lettera è una prova del piano; nessuna azione è richiesta.` : null,
    ...draft.paragraphs,
    `${role.nameIt}\nCamera di Commercio di Lucca`,
    draft.internal ? `Riferimento: ${facts.runId}` : null,
  ];
  return {
    lists: draft.lists,
    subject: drill ? `${drillMark} - ${draft.subject}` : draft.subject,
    text: `${paragraphs.filter((one) => one !== null).join('\n\n')}\n`,
  };
}

/** @throws DrError LETTER_FACTS */
export function fact<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw new DrError(
    'LETTER_FACTS',
    `Per la lettera manca nell'inventario: "${name}". / The letter needs a fact that the inventory does not hold.`,
    'Controllare l\'inventario con "dr check". / Look at the inventory with "dr check".',
  );
}
