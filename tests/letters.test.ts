/** The plan's letters: every one has its facts, and a drill's letter can't be taken for a real one. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Inventory } from '../inventory/schema.ts';
import { scenarioIds } from '../inventory/schema-plan.ts';
import { type LetterFacts, type MessageName, messageNames } from '../scripts/letters/letter.ts';
import { letterFor } from '../scripts/letters/letter-for.ts';
import { soundInventory } from './inventory-copy.ts';

let inventory: Inventory;
beforeAll(async () => {
  ({ inventory } = await soundInventory());
});

function factsOf(more: Partial<LetterFacts> = {}): LetterFacts {
  return { inventory, runId: 'run-2026-11-23', scenario: 'D1', kind: 'restore', ...more };
}
const full: Partial<LetterFacts> = {
  declaredAtUtc: '2026-11-22T23:10:00.000Z',
  controlCentre: 'Sala riunioni, ore 11',
  decidedAtUtc: '2026-11-23T07:00:00.000Z',
  promisedReleaseUtc: '2026-07-01T22:30:00.000Z',
  serverIsBack: true,
  dataUntilUtc: '2026-11-22T21:30:00.000Z',
  limits: ['nessuna stampa a colori', 'protocollo in sola lettura'],
};
const hours = [
  'Marchi e brevetti (solo su appuntamento): da lunedì a venerdì dalle 9.00 alle 13.00; lunedì e mercoledì dalle 15.00 alle 16.00',
  'Nuova impresa e finanziamenti (solo su appuntamento): lunedì, martedì, giovedì e venerdì dalle 9.00 alle 13.00; lunedì dalle 15.00 alle 16.00',
];
const services = [
  'Sportello del Registro delle Imprese',
  "nel termine di 5 giorni per l'esame delle pratiche; anche in telelavoro, con collegamento VPN",
  'Carte tachigrafiche e CNS',
];
const declaration = 'con decisione di lunedì 23 novembre 2026 alle ore 00:10 è stato dichiarato';
const decision = 'con decisione di lunedì 23 novembre 2026 alle ore 08:00 è stata attivata';
const missing =
  'domenica 22 novembre 2026 alle ore 22:30, ora della copia: manca ciò che è stato scritto dopo';

/** What each letter must hold, by its clause of the plan. */
const contents: Record<MessageName, { lists: string[]; holds: string[] }> = {
  'committee-called': {
    lists: ['committee'],
    holds: [
      declaration,
      'Scenario D1, Disastro grave',
      'Centro di Controllo. Luogo e ora: Sala riunioni, ore 11\n',
    ],
  },
  'council-and-board-crisis': { lists: ['council-and-board'], holds: [declaration, 'Scenario D1'] },
  'staff-services': { lists: ['staff'], holds: [...services, ...hours, decision, 'resta chiusa'] },
  'viareggio-warned': {
    lists: ['viareggio'],
    holds: [...services, ...hours, 'le 4 postazioni', 'Responsabile della sede di Viareggio'],
  },
  'suppliers-warned': {
    lists: ['suppliers'],
    holds: [
      'corsia preferenziale',
      'InfoCamere SCpA:\n- ',
      'Registro Imprese: ripristino entro 72 ore (RTO), dati persi per non più di 4 ore (RPO)',
      'connettività: ripristino entro 72 ore (RTO), dati persi per non più di 1 ora (RPO)',
      'MG/107',
      'Lucense S.c.p.A.:\n- Sito istituzionale',
      'DD 42 del 05/02/2015',
    ],
  },
  'committee-progress': {
    lists: ['committee'],
    holds: ['a Viareggio è previsto entro giovedì 2 luglio 2026 alle ore 00:30', '72 ore'],
  },
  'committee-restored': {
    lists: ['committee'],
    holds: ['- protocollo in sola lettura', missing, ...services],
  },
  'committee-returned': {
    lists: ['committee'],
    holds: ['- protocollo in sola lettura', 'di nuovo in servizio presso la Sede', 'scritto a Viareggio'],
  },
  'staff-closure': {
    lists: ['staff'],
    holds: [...hours, 'Via Leònida Rèpaci, 16', 'non può accedere', missing, '- nessuna stampa a colori'],
  },
  'press-closure': { lists: ['press'], holds: [...services, ...hours, 'Via Leònida Rèpaci, 16'] },
  'council-and-board-closure': {
    lists: ['council-and-board'],
    holds: [...hours, missing, '- protocollo in sola lettura', 'più di 3 settimane', 'almeno 5 stazioni'],
  },
};

describe.each(messageNames)('%s', (name) => {
  test('is for its list and holds its facts', () => {
    const { lists, subject, text } = letterFor(name, factsOf(full));
    expect(lists).toEqual(contents[name].lists);
    expect(subject).toMatch(/^[A-Z]/);
    for (const fact of contents[name].holds) expect(text).toContain(fact);
    expect(text).toMatch(/\n\n.+\nCamera di Commercio di Lucca\n(\nRiferimento: run-2026-11-23\n)?$/);
  });

  const variants = scenarioIds.flatMap((scenario) =>
    [true, false].flatMap((secondarySite) =>
      [{}, full, { limits: ['', ' '] }].map((more) => ({ scenario, secondarySite, ...more })),
    ),
  );
  test.each(variants)('reads well with %o', (more) => {
    for (const kind of ['drill', 'restore'] as const) {
      const { subject, text } = letterFor(name, factsOf({ ...more, kind }));
      expect(text).not.toMatch(/undefined|null|NaN|\[object|Invalid|\n- ?\n|:\n\n|\n\n\n| {2}|\s;|\.\./);
      expect(text).not.toMatch(/@|\d{6,}|0\d{3}[ -]\d/);
      expect(subject).not.toContain('\n');
      const marked = [subject, text].map((part) => part.startsWith('ESERCITAZIONE'));
      expect(marked).toEqual([kind === 'drill', kind === 'drill']);
      if (kind === 'restore') expect(subject + text).not.toContain('ESERCITAZIONE');
    }
  });

  test('speaks of no hours at Viareggio when it was not chosen', () => {
    const { text } = letterFor(name, factsOf({ ...full, scenario: 'D3', secondarySite: false }));
    expect(text).not.toMatch(/Orario|dalle 9|Presso la sede di Viareggio si offrono|non è utilizzabile/);
  });

  test('follows the inventory', () => {
    const { text } = letterFor(name, factsOf({ ...full, inventory: changed(inventory) }));
    expect(text).not.toMatch(/dalle 9\.00|Carte tachigrafiche e CNS|Rèpaci|MG\/107/);
  });
});

/** The same inventory a year later. */
function changed(before: Inventory): Inventory {
  const text = JSON.stringify(before)
    .replaceAll('"09:00"', '"08:30"')
    .replaceAll('Carte tachigrafiche e CNS', 'Visure')
    .replaceAll('Rèpaci', 'Garibaldi')
    .replaceAll('MG/107', 'MG/200');
  return JSON.parse(text) as Inventory;
}

test('no names twice, and a letter for every name', () => {
  expect(new Set(messageNames).size).toBe(messageNames.length);
  expect(Object.keys(contents).toSorted()).toEqual(messageNames.toSorted());
});

test('a date that is none is refused', () => {
  expect(() => letterFor('staff-services', factsOf({ decidedAtUtc: 'ieri' }))).toThrow(
    expect.objectContaining({ code: 'LETTER_DATE' }),
  );
});
