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

  test('the opening hours of plan 6.3.1, which 6.3.3 repeats', () => {
    const ours = inventory.openingHours.map(({ nameIt, byAppointment, hours }) => ({
      name: bare(nameIt),
      byAppointment,
      hours: hours.flatMap(({ days, from, to }) => days.map((day) => `${day} ${from}-${to}`)).toSorted(),
    }));
    const printed = openingHoursIn(plan);
    expect(printed).toHaveLength(2);
    for (const counters of printed) {
      expect(counters.map(({ hours, byAppointment }) => ({ hours, byAppointment }))).toEqual(
        ours.map(({ hours, byAppointment }) => ({ hours, byAppointment })),
      );
      expect(ours.filter(({ name }, index) => !counters[index]?.heading.includes(name))).toEqual([]);
    }
  });

  test('the sites of plan 4: addresses, rooms, desks, switch, power, and who holds the keys', () => {
    const text = bare(plan);
    for (const { locationId, role, address } of inventory.sites) {
      const type = { primary: 'Primaria', secondary: 'Secondaria' }[role];
      const { street, postcode, town } = address;
      expect(text).toContain(
        bare(`Location ID ${locationId} Location type Sede ${type} Indirizzo ${street} ${postcode} ${town}`),
      );
    }
    const [desks, workstations] = numbersIn(/stanza con (\d+) scrivanie e (\d+) postazioni/);
    const viareggio = inventory.sites.find(({ id }) => id === 'viareggio');
    expect(viareggio?.rooms).toMatchObject([{ desks, workstations }]);
    expect([viareggio?.switch?.deskPorts]).toEqual(numbersIn(/ha (\d+) ingressi/));
    expect([viareggio?.ups?.watts]).toEqual(numbersIn(/gruppo\s+di\s+continuità\s+da\s+(\d+)W/));
    expect(text).toContain(bare(viareggio?.cooling ?? '?'));
    expect(viareggio?.fireExtinguishers).toBe(text.includes('dotatadiestintori'));
    const holders =
      /chiavi per[^.]+sono a disposizione del\s+([^.]+)\./.exec(plan)?.[1]?.split(' e del ') ?? [];
    const names = viareggio?.keysHeldByRoles.map(
      (id) => inventory.roles.find((role) => role.id === id)?.nameIt,
    );
    expect(names).toEqual(holders.map((name) => name.replace(/\bDR\b/, 'Disaster Recovery')));
  });

  test('the suppliers of plan chapter 8, and the procedures of both documents', () => {
    const chapter8 = plan.slice(plan.indexOf(' 8.       Fornitori'), plan.indexOf(' 9.       Riferimenti'));
    const text = bare(chapter8);
    const ours = inventory.suppliers.filter(
      ({ source }) => source.document === 'piano' && source.clause === '8',
    );
    expect(ours.map(({ name }) => bare(name))).toEqual(
      [...chapter8.matchAll(/^Denominazione : (.+)$/gm)].map((match) => bare(String(match[1]))),
    );
    const facts = ours.flatMap(({ address, switchboard, contract = [] }) => [
      address?.street,
      `${address?.postcode} ${address?.town.split(' - ').at(-1)}`,
      switchboard,
      ...contract.map((act) => act.replace(/^(DD|aggiudicazione sul) /, '')),
    ]);
    expect(facts.length).toBeGreaterThan(8);
    expect(facts.filter((fact) => fact === undefined || !text.includes(bare(fact)))).toEqual([]);
    const texts: Record<string, string> = { piano: bare(plan), studio: bare(study) };
    const cited = inventory.suppliers.flatMap(({ name, source, crisisProcedure = [] }) => [
      { words: name, source },
      ...crisisProcedure.map((procedure) => ({ words: procedure.reference, source: procedure.source })),
    ]);
    expect(cited.filter(({ words, source }) => !texts[source.document]?.includes(bare(words)))).toEqual([]);
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

/** The numbers that the plan gives in a sentence. */
function numbersIn(sentence: RegExp): number[] {
  return (sentence.exec(plan) ?? []).slice(1).map(Number);
}

const weekdays = ['lunedi', 'martedi', 'mercoledi', 'giovedi', 'venerdi'];
const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri'];

type Counter = { heading: string; byAppointment: boolean; hours: string[] };

/** Each time that the plan lists the counters' hours: a heading, then lines that begin with a dash. */
function openingHoursIn(text: string): Counter[][] {
  const lists = text.matchAll(/orario di apertura per il pubblico:\n([^]*?)\n *L.informazione agli utent/g);
  return [...lists].map(([, list = '']) =>
    [...list.matchAll(/((?:^ *[^-\s].*\n+)+)((?: *- .*(?:\n|$)+)+)/gm)].map(
      ([all, heading = '', lines = '']) => ({
        heading: bare(heading),
        byAppointment: all.includes('appuntamento'),
        hours: lines.split('\n').flatMap(hoursOfLine).toSorted(),
      }),
    ),
  );
}

/** `- Lunedì e Mercoledì: dalle ore 9,00 alle ore 13,00; dalle ...` as one entry a day and time. */
function hoursOfLine(line: string): string[] {
  const [days = '', ...times] = line.split(/(?=dalle (?:ore )?\d)/);
  const named = [...bare(days).matchAll(new RegExp(weekdays.join('|'), 'g'))].map(([day]) =>
    weekdays.indexOf(day),
  );
  const [first = 0, last = 0] = named;
  const range = /\bda\b/.test(days)
    ? Array.from({ length: last - first + 1 }, (_, index) => first + index)
    : named;
  return times.flatMap((time) => {
    const [from = '', to = ''] = [...time.matchAll(/(\d+)[.,](\d\d)/g)].map(
      ([, hour = '', minute = '']) => `${hour.padStart(2, '0')}:${minute}`,
    );
    return range.map((day) => `${dayNames[day]} ${from}-${to}`);
  });
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
