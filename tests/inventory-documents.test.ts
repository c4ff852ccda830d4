/**
 * The inventory against the two documents. They are not part of the project; where they lie beside it (or in DR_SEEDS), the facts are
 * compared with them, and the names in them with everything that we publish.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ServiceClass } from '../inventory/schema-plan.ts';
import { solutionsOf } from '../inventory/solutions.ts';
import { inventoryFolder, projectFolder, soundInventory } from './inventory-copy.ts';
import {
  chapter7,
  documentsAtHand,
  personalData,
  personNames,
  plan,
  study,
  telephonesIn,
} from './personal-data.ts';

const { inventory } = await soundInventory();

describe.skipIf(!documentsAtHand)('against the documents', () => {
  test('the figures of plan chapter 5', () => {
    const blocks = plan.split('Classe di Servizi : ').slice(1);
    const figures = blocks.map((block) => ({
      title: bare(block.split('\n')[0] ?? ''),
      criticalityIndex: Number(/criticità : (\d+)/.exec(block)?.[1]),
      criticalityClass: /Classe di criticità : (\w+)/.exec(block)?.[1],
      tier: Number(/TIER (\d)/.exec(block)?.[1]),
      rpoHours: Number(/RPO : (\d+)/.exec(block)?.[1]),
      rtoHours: Number(/RTO : (\d+)/.exec(block)?.[1]),
    }));
    const ours = inventory.serviceClasses.flatMap(({ plan: facts }) => {
      if (facts === null) return [];
      const { title, criticalityIndex, criticalityClass, tier, rpoHours, rtoHours } = facts;
      return [{ title: bare(title), criticalityIndex, criticalityClass, tier, rpoHours, rtoHours }];
    });
    expect(figures).toHaveLength(17);
    expect(ours).toEqual(figures);
  });

  test('the components of plan chapter 5', () => {
    const text = bare(plan);
    const ours = inventory.serviceClasses.flatMap(({ plan: facts }) => facts?.components ?? []);
    expect(ours.filter((name) => !text.includes(bare(name)))).toEqual([]);
  });

  test.each(inventory.serviceClasses)('the figures of study 4 and 5.2: $name', (serviceClass) => {
    const { assessment, summary } = serviceClass.study;
    const [, index, criticality, tier, rpo, rto] = studyRow(serviceClass, 6);
    expect([assessment.criticalityIndex, assessment.tier]).toEqual([Number(index), Number(tier)]);
    expect([assessment.rpoHours, assessment.rtoHours]).toEqual([hoursOf(rpo), hoursOf(rto)]);
    expect(assessment.criticalityClass).toBe(criticality?.toLowerCase());
    const [, criticalityAgain, minimum, solutions, present] = studyRow(serviceClass, 5);
    expect(summary.criticalityClass).toBe(criticalityAgain?.toLowerCase());
    expect(`Tier ${summary.minimumTier}`).toBe(minimum);
    const named = solutionsOf(inventory.solutions, serviceClass).map(
      (one) => `Tier ${one.tier} / ${one.name}`,
    );
    expect(named.join(' ')).toBe(solutions);
    expect(summary.solutions.map((one) => (one.present ? 'SI' : 'NO')).join(' ')).toBe(present);
  });

  test('the head-counts of plan chapter 7', () => {
    const telephones = chapter7
      .split(/^7\.\d +/m)
      .slice(1)
      .map(telephonesIn);
    expect(inventory.teams.map(({ headCount }) => headCount)).toEqual(telephones.map(({ length }) => length));
    const inBoth = new Set([...(telephones[1] ?? []), ...(telephones[2] ?? [])]);
    expect(inventory.sharedStaff.map(({ distinctPersons }) => distinctPersons)).toEqual([inBoth.size]);
  });

  test.each([
    ['piano', plan],
    ['studio', study],
  ])('every clause of %s is one of its headings', (document, text) => {
    const clauses = inventory.documents.find(({ id }) => id === document)?.clauses ?? [];
    const headings = headingNumbers(text);
    expect(clauses.length).toBeGreaterThan(20);
    expect(clauses.filter((clause) => !headings.has(clause))).toEqual([]);
  });

  test('no name of a person, no personal number and no mailbox is in what we publish of them', () => {
    expect(personNames().length).toBeGreaterThan(60);
    expect(personalData(publishedTexts())).toEqual([]);
  });
});

/** Letters and digits only, without accents: line breaks and punctuation differ between document and inventory. */
function bare(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '');
}

function hoursOf(text = ''): number {
  return Number.parseInt(text, 10) * (text.includes('giorn') ? 24 : 1);
}

/** The cells of the study's table with so many columns, in the row of a class. */
function studyRow(serviceClass: ServiceClass, columns: number): string[] {
  const title = bare(serviceClass.study.listed.title);
  const rows = study.split('\n').map((line) => line.split('\t'));
  return rows.find((cells) => cells.length === columns && bare(cells[0] ?? '') === title) ?? [];
}

function headingNumbers(text: string): Set<string> {
  const lines = text.replaceAll('****', '**\n**');
  return new Set(
    [...lines.matchAll(/^[#* \t]*(\d+(?:\.\d+)*)\.?[ \t]+\S/gm)].map((match) => String(match[1])),
  );
}

function publishedTexts(): string {
  const files = readdirSync(inventoryFolder, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        /(\.ts|\.md|\.yaml)$/.test(name) && (!name.startsWith('local/') || /template|README/.test(name)),
    )
    .map((name) => join(inventoryFolder, name));
  return [...files, join(projectFolder, 'docs/inventory.md')]
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}
