/**
 * Finds personal data in what we publish. The names come from the two documents, which are not part of the project: where they lie
 * beside it (or in DR_SEEDS) the search is complete, elsewhere only the forms of numbers and mailboxes are looked for.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './inventory-copy.ts';

const documents = process.env['DR_SEEDS'] ?? join(projectFolder, '../shared/seeds');
export const documentsAtHand = existsSync(documents);

export const plan = documentText('piano-di-continuita-operativa.txt');
export const study = documentText('studio-di-fattibilita-tecnica.txt');
export const chapter7 = plan.slice(plan.indexOf('7.1        Comitato'), plan.indexOf(' 8.       Fornitori'));

/** Names of persons, personal numbers and mailboxes that stand in a text. */
export function personalData(text: string): string[] {
  const digits = text.replace(/[ ./-]/g, '');
  return [
    ...personNames().filter((name) => new RegExp(`\\b(${name}|${name.toUpperCase()})\\b`).test(text)),
    ...telephonesIn(plan).filter((number) => digits.includes(number)),
    ...(text.match(/\b3\d{2}[ ./-]?\d{6,7}\b/g) ?? []),
    // Nobody can have a mailbox there: the name is kept for examples (RFC 2606).
    ...(text.match(/[\w.]+@[\w-]+\.[\w.]+/g) ?? []).filter((mailbox) => !mailbox.endsWith('@example.org')),
  ];
}

export function telephonesIn(text: string): string[] {
  return text.match(/0583976\d{3}/g) ?? [];
}

/** Family and given names: the first words of chapter 7's rows, and what follows a title in the study's organisation chart. */
export function personNames(): string[] {
  const inRows = [...chapter7.matchAll(/^([A-Z][a-z]+(?: [A-Z][a-z]+)+) /gm)];
  const inChart = [...study.matchAll(/(?:Dr\.(?:ssa)?|Rag\.|Sig\.) ([A-Z][\w ]+)$/gm)];
  const words = [...inRows, ...inChart].flatMap((match) => String(match[1]).split(' '));
  return [...new Set(words)].filter((name) => name.length > 2 && !ordinaryWords.has(name));
}

/** Words of offices and roles that stand where a name could. */
const ordinaryWords = new Set(
  `Registro Imprese Artigianato Diritto Annuale Brevetti Arbitrato Segreteria Relazione Relazioni Protesti Documenti Export
   Settore Generale Segretario Responsabile Dirigente Area Ufficio Amministrazione Provveditore Provveditorato Funzioni
   Informatiche Esterno`.split(/\s+/),
);

function documentText(name: string): string {
  return documentsAtHand ? readFileSync(join(documents, name), 'utf8') : '';
}
