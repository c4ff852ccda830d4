/** Who the plan's letters, and those about the cassette's verification, are for: lists by name. The addresses behind them are in `local/notifications.yaml`. */
import type { Sentence } from './findings.ts';

export const mailListIds = [
  'committee',
  'council-and-board',
  'staff',
  'suppliers',
  'viareggio',
  'press',
  'it-office',
] as const;
export type MailList = (typeof mailListIds)[number];

/** As a letter and the page call them. */
export const mailListNames: Record<MailList, Sentence> = {
  committee: { it: 'Comitato di Crisi', en: 'Crisis Committee' },
  'council-and-board': { it: 'Consiglio e Giunta camerali', en: 'Chamber Council and Board' },
  staff: { it: 'Personale camerale', en: 'Chamber staff' },
  suppliers: { it: 'Fornitori', en: 'Suppliers' },
  viareggio: { it: 'Sede di Viareggio', en: 'Viareggio site' },
  press: { it: 'Organi di informazione locali', en: 'Local press' },
  'it-office': { it: 'Ufficio servizi informatici', en: 'IT office' },
};
