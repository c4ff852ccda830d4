/** Disagreements are computed: each goes when the two values are made to agree, and comes when they are set apart. */
import { describe, expect, test } from 'vitest';
import { disagreementFindings } from '../inventory/disagreements.ts';
import type { Finding } from '../inventory/findings.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { ServiceClass, Solution } from '../inventory/schema-plan.ts';
import { applyChange, copyInventory, soundInventory } from './inventory-copy.ts';

const { inventory } = await soundInventory();

function disagreementsOf(facts: Inventory): Finding[] {
  return disagreementFindings(facts, (path) => ({ file: path.join('.'), line: 1, column: 1 }));
}

/** The disagreements after `change` has been made to a copy of the inventory. */
function after(change: (facts: Inventory) => void): Finding[] {
  const copy = structuredClone(inventory);
  change(copy);
  return disagreementsOf(copy);
}

function withCode(findings: readonly Finding[], code: string): Finding[] {
  return findings.filter((one) => one.code === code);
}

function classOf(facts: Inventory, id: string): ServiceClass {
  const found = facts.serviceClasses.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

function planOf(facts: Inventory, id: string): NonNullable<ServiceClass['plan']> {
  const { plan } = classOf(facts, id);
  if (plan === null) throw new Error(id);
  return plan;
}

function solutionOf(facts: Inventory, id: string): Solution {
  const found = facts.solutions.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

test('how many there are of each', () => {
  const counts = Object.entries(Object.groupBy(disagreementsOf(inventory), ({ code }) => code)).map(
    ([code, findings]) => [code, findings?.length],
  );
  expect(Object.fromEntries(counts)).toEqual({
    ONLY_IN_STUDY: 1,
    TITLE_DIFFERS: 1,
    COMPONENTS_DIFFER: 3,
    CRITICALITY_INDEX_DIFFERS: 10,
    CRITICALITY_CLASS_DIFFERS: 1,
    TIER_DIFFERS: 3,
    APPLICATION_TARGET_DIFFERS: 2,
    RTO_DIFFERS: 17,
    RPO_DIFFERS: 2,
    MINIMUM_TIER_DIFFERS: 1,
    SOLUTION_RPO_DIFFERS: 2,
    SOLUTION_RTO_DIFFERS: 5,
    RESTART_DIFFERS: 5,
    PARTS_DIFFER: 1,
    PARTS_NOT_COMPONENTS: 2,
    PURPOSE_REPEATED: 1,
    COUNT_DIFFERS: 1,
    ROLE_WITHOUT_TEAM: 9,
    COUNTER_WITHOUT_CLASS: 1,
    SERVICE_WITHOUT_TARGET: 1,
    STAFF_COUNTED_TWICE: 1,
    DUTY_DIFFERS: 1,
    DECLARER_DIFFERS: 1,
    PROCEDURE_DIFFERS: 1,
    ADDRESS_DIFFERS: 1,
    WORKPLACES_DIFFER: 1,
    OFFICE_DIFFERS: 3,
  });
});

type Settled = { code: string; says: string; agree: (facts: Inventory) => void };

/** One disagreement each, found by words in its sentence, and the change that settles it. */
const settled: Settled[] = [
  {
    code: 'APPLICATION_TARGET_DIFFERS',
    says: 'Rilevazione delle presenze: RTO 56 h (studio 5.1.1.5), 72 h nel piano (5)',
    agree: (facts) => {
      planOf(facts, 'presenze-del-personale').rtoHours = 56;
    },
  },
  {
    code: 'RTO_DIFFERS',
    says: 'Registro informatico dei protesti: RTO 72 h nel piano (5), RTO 48 h nello studio (5.1.1.1)',
    agree: (facts) => {
      planOf(facts, 'protesti').rtoHours = 48;
    },
  },
  {
    code: 'RTO_DIFFERS',
    says: 'Sito istituzionale: RTO 72 h nel piano (5), RTO 56 h nello studio (5.1.1.4)',
    agree: (facts) => {
      solutionOf(facts, 'cciaa-a').rtoHours = 72;
    },
  },
  {
    code: 'RPO_DIFFERS',
    says: 'Servizi di gestione documentale: RPO 4 h nel piano (5), RPO 4 h / RPO 24 h nello studio',
    agree: (facts) => {
      solutionOf(facts, 'ic-c').rpoExceptions = [{ rpoHours: 4, serviceClasses: ['gestione-documentale'] }];
    },
  },
  {
    code: 'TIER_DIFFERS',
    says: 'Sito istituzionale: Tier 2 nel piano (5), Tier 4 nello studio (5.1.1.4); il piano lo spiega (3.3)',
    agree: (facts) => {
      planOf(facts, 'sito-istituzionale').tier = 4;
    },
  },
  {
    code: 'CRITICALITY_INDEX_DIFFERS',
    says: 'indice di criticità 4 nel piano (5), 6 nello studio (4)',
    agree: (facts) => {
      planOf(facts, 'rete-telematica').criticalityIndex = 6;
    },
  },
  {
    code: 'CRITICALITY_CLASS_DIFFERS',
    says: 'classe di criticità media nel piano (5), alta nello studio (4)',
    agree: (facts) => {
      planOf(facts, 'rete-telematica').criticalityClass = 'alta';
    },
  },
  {
    code: 'COMPONENTS_DIFFER',
    says: 'solo nello studio (3.1.1): Albo Imbottigiatori',
    agree: (facts) => {
      planOf(facts, 'vigilanza-metrologia').components = classOf(
        facts,
        'vigilanza-metrologia',
      ).study.listed.components;
    },
  },
  {
    code: 'TITLE_DIFFERS',
    says: 'certificati di origine merci',
    agree: (facts) => {
      planOf(facts, 'vigilanza-metrologia').title = 'VIGILANZA E CONTROLLO PRODOTTI - METROLOGIA LEGALE';
    },
  },
  {
    code: 'ONLY_IN_STUDY',
    says: 'il piano lo spiega (3.3)',
    agree: (facts) => {
      classOf(facts, 'marchi-e-brevetti').plan = planOf(facts, 'diritto-annuale');
    },
  },
  {
    code: 'COUNT_DIFFERS',
    says: 'il piano conta 18 classi di servizi (3.2) ma ne elenca 17',
    agree: (facts) => {
      facts.declaredCounts.serviceClasses = 17;
    },
  },
  {
    code: 'COUNTER_WITHOUT_CLASS',
    says: 'Marchi e brevetti',
    agree: (facts) => {
      facts.openingHours = facts.openingHours.filter(({ id }) => id !== 'marchi-e-brevetti');
    },
  },
  {
    code: 'MINIMUM_TIER_DIFFERS',
    says: 'Tier 3 e Tier 4',
    agree: (facts) => {
      classOf(facts, 'ambiente').study.assessment.tier = 4;
    },
  },
  {
    code: 'SOLUTION_RPO_DIFFERS',
    says: 'RPO 24 h nella soluzione IC-C',
    agree: (facts) => {
      classOf(facts, 'gestione-documentale').study.summary.solutions.splice(1, 1);
    },
  },
  {
    code: 'SOLUTION_RTO_DIFFERS',
    says: 'IC-B: RTO 48 h nella scheda (5.1.1.2), 72 h',
    agree: (facts) => {
      solutionOf(facts, 'ic-b').rtoHours = 72;
    },
  },
  {
    code: 'RESTART_DIFFERS',
    says: 'CCIAA-B: ripartenza entro 3 giorni lavorativi (5.3), RTO 56 h',
    agree: (facts) => {
      solutionOf(facts, 'cciaa-b').restart.withinWorkingDays = 2;
    },
  },
  {
    code: 'PARTS_DIFFER',
    says: 'Gestione documentale',
    agree: (facts) => {
      for (const cover of solutionOf(facts, 'ic-a').covers) cover.sheetParts = cover.parts;
    },
  },
  {
    code: 'PARTS_NOT_COMPONENTS',
    says: 'RI Visual',
    agree: (facts) => {
      for (const { covers } of facts.solutions) {
        for (const cover of covers)
          cover.parts = cover.serviceClass === 'registro-imprese' ? [] : cover.parts;
      }
    },
  },
  {
    code: 'PURPOSE_REPEATED',
    says: 'la descrive come "Archivio PARD e albi camerali"',
    agree: (facts) => {
      planOf(facts, 'contabilita').purpose = 'contabilità e personale';
    },
  },
  {
    code: 'ROLE_WITHOUT_TEAM',
    says: 'Responsabile della sede di Viareggio',
    agree: (facts) => {
      facts.teams[0]?.roles.push('responsabile-sede-viareggio');
    },
  },
  {
    code: 'SERVICE_WITHOUT_TARGET',
    says: 'CNS',
    agree: (facts) => {
      for (const service of facts.frontOfficeServices) service.certifiedServices = [];
    },
  },
  {
    code: 'STAFF_COUNTED_TWICE',
    says: '73 posti nel piano (7) per 37 persone',
    agree: (facts) => {
      for (const shared of facts.sharedStaff) shared.distinctPersons = 73;
    },
  },
  {
    code: 'DUTY_DIFFERS',
    says: 'ogni 12 mesi (piano 3.2)',
    agree: (facts) => {
      for (const duty of facts.recurringDuties) Object.assign(duty, { needed: true, everyMonths: 12 });
    },
  },
  {
    code: 'DECLARER_DIFFERS',
    says: 'Responsabile del Comitato di Crisi (piano 3.4), Responsabile della Continuità Operativa (piano 6.1.1)',
    agree: (facts) => {
      facts.escalation.declaredBy.role = 'rco';
    },
  },
  {
    code: 'PROCEDURE_DIFFERS',
    says: 'MG/107 (piano 8), MG/7 (studio 5.1.1.1)',
    agree: (facts) => {
      for (const { crisisProcedure } of facts.suppliers) crisisProcedure?.pop();
    },
  },
  {
    code: 'ADDRESS_DIFFERS',
    says: '"Corte Campana, 10" nel piano (4)',
    agree: (facts) => {
      solutionOf(facts, 'cciaa-b').production.street = 'CORTE CAMPANA 10';
    },
  },
  {
    code: 'WORKPLACES_DIFFER',
    says: '20 postazioni in emergenza',
    agree: (facts) => {
      solutionOf(facts, 'ic-a').workplaces = { ordinary: 150, emergency: 4 };
    },
  },
  {
    code: 'OFFICE_DIFFERS',
    says: 'Relazioni Esterne',
    agree: (facts) => {
      for (const office of facts.offices)
        if (office.id === 'relazioni-esterno') office.name = 'Relazioni Esterne';
    },
  },
];

describe('a disagreement goes when the values agree', () => {
  test.each(settled)('$code: $says', ({ code, says, agree }) => {
    const before = disagreementsOf(inventory).filter(
      (one) => one.code === code && one.messageIt.includes(says),
    );
    expect(before).toHaveLength(1);
    expect(before[0]?.messageEn).toMatch(/\S/);
    const left = after(agree).filter((one) => one.code === code && one.messageIt.includes(says));
    expect(left).toEqual([]);
  });

  test('every kind has such a case', () => {
    const kinds = new Set(disagreementsOf(inventory).map(({ code }) => code));
    expect(new Set(settled.map(({ code }) => code))).toEqual(kinds);
  });
});

/** Kinds that the documents give no example of today. */
const apart: { code: string; change: (facts: Inventory) => void }[] = [
  {
    code: 'USERS_DIFFER',
    change: (facts) => {
      planOf(facts, 'protesti').userType = 'internal';
    },
  },
  {
    code: 'SUPPLIER_DIFFERS',
    change: (facts) => {
      planOf(facts, 'protesti').supplier = 'lucense';
    },
  },
  {
    code: 'STUDY_CRITICALITY_DIFFERS',
    change: (facts) => {
      classOf(facts, 'protesti').study.summary.criticalityClass = 'alta';
    },
  },
  {
    code: 'SOLUTION_TOO_WEAK',
    change: (facts) => {
      solutionOf(facts, 'cciaa-b').tier = 1;
    },
  },
  {
    code: 'COVERAGE_DIFFERS',
    change: (facts) => {
      solutionOf(facts, 'ic-b').covers.pop();
    },
  },
  {
    code: 'PRESENCE_DIFFERS',
    change: (facts) => {
      solutionOf(facts, 'ic-b').status = 'adopted';
    },
  },
];

test.each(apart)('a disagreement comes when values part: $code', ({ code, change }) => {
  expect(withCode(disagreementsOf(inventory), code)).toEqual([]);
  expect(withCode(after(change), code)).not.toEqual([]);
});

test('the finding stands at the value in the file', async () => {
  const folder = copyInventory();
  const [marked] = applyChange(folder, {
    file: 'services.yaml',
    find: /rtoHours: 72(?=\n {6}source: \{ document: piano)/,
    replace: 'rtoHours: ¦71',
  });
  const { findings } = await soundInventory(folder);
  expect(findings).toContainEqual(
    expect.objectContaining({
      severity: 'disagreement',
      code: 'RTO_DIFFERS',
      ...marked,
      messageIt: 'Altri registri, albi e ruoli: RTO 71 h nel piano (5), RTO 48 h nello studio (5.1.1.3)',
    }),
  );
});
