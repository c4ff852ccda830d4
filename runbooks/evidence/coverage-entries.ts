/** What the documents say of every service class, service out of scope and solution, before anything is measured. */

import type { Inventory } from '../../inventory/schema.ts';
import type { Source } from '../../inventory/schema-common.ts';
import type { OutOfScopeService, ServiceClass, Solution } from '../../inventory/schema-plan.ts';
import { solutionRpoHours, solutionsOf } from '../../inventory/solutions.ts';
import type { Bilingual } from '../plan/model.ts';
import type { CoverageEntry } from './services.ts';

type Facts = Pick<
  Inventory,
  'serviceClasses' | 'outOfScopeServices' | 'solutions' | 'declaredChanges' | 'suppliers' | 'documents'
>;
type Said = Pick<CoverageEntry, 'standing' | 'whyIt' | 'whyEn'>;

/** The classes in the inventory's order, then the services out of scope, then the solutions. */
export function coverageEntries(facts: Facts): CoverageEntry[] {
  return [
    ...facts.serviceClasses.map((serviceClass): CoverageEntry => {
      const { id, name } = serviceClass;
      return { kind: 'service-class', id, name, serviceClasses: [id], ...saidOfClass(serviceClass, facts) };
    }),
    ...facts.outOfScopeServices.map((service): CoverageEntry => {
      const { id, name } = service;
      return { kind: 'out-of-scope', id, name, serviceClasses: [], ...saidOfOutOfScope(service, facts) };
    }),
    ...facts.solutions.map((solution): CoverageEntry => {
      const { id, name, covers } = solution;
      const serviceClasses = covers.map(({ serviceClass }) => serviceClass);
      return { kind: 'solution', id, name, serviceClasses, ...saidOfSolution(solution, facts) };
    }),
  ];
}

/**
 * A change that took the class out of the plan replaces what the study promised. Else a supplier's promise stands; and for a class of
 * the Chamber's own, what the plan declares to do meanwhile.
 */
function saidOfClass(serviceClass: ServiceClass, facts: Facts): Said {
  const change = facts.declaredChanges.find((declared) => declared.serviceClass === serviceClass.id);
  const declared = change && {
    it: `${change.reasonIt} (${clause(change.source, facts).it})`,
    en: `${change.reasonEn} (${clause(change.source, facts).en})`,
  };
  if (declared && change.fields.includes('presence')) return said('declared', [declared]);
  const solutions = solutionsOf(facts.solutions, serviceClass);
  const promises = solutions.map((solution) => promiseToClass(solution, serviceClass, facts));
  const reasons = [...promises, ...(declared ? [declared] : [])];
  if (solutions.some((solution) => !isOurs(solution))) return said('promised', reasons);
  return said(declared ? 'declared' : 'not-covered', reasons);
}

function promiseToClass(solution: Solution, { id, study }: ServiceClass, facts: Facts): Bilingual {
  const { solutions, source } = study.summary;
  const present = solutions.some((given) => given.solution === solution.id && given.present);
  const figures = `RTO ${solution.rtoHours} h, RPO ${solutionRpoHours(solution, id)} h`;
  const by = operatorOf(solution, facts);
  const where = clause(source, facts);
  return {
    it: `${solution.name} (${by}): ${figures}; ${present ? 'in essere' : 'non in essere'} (${where.it})`,
    en: `${solution.name} (${by}): ${figures}; ${present ? 'in place' : 'not in place'} (${where.en})`,
  };
}

function saidOfOutOfScope({ reasonIt, reasonEn, source }: OutOfScopeService, facts: Facts): Said {
  const where = clause(source, facts);
  return said('not-covered', [
    { it: `fuori ambito: ${reasonIt} (${where.it})`, en: `out of scope: ${reasonEn} (${where.en})` },
  ]);
}

function saidOfSolution(solution: Solution, facts: Facts): Said {
  const hours = [...solution.rpoExceptions.map(({ rpoHours }) => rpoHours), solution.rpoHours];
  const rpo = [...new Set(hours)].toSorted((a, b) => a - b).map((each) => `${each} h`);
  const figures = `RTO ${solution.rtoHours} h, RPO ${rpo.join(', ')}`;
  const by = operatorOf(solution, facts);
  const ready = readiness(solution, facts);
  return said(isOurs(solution) ? 'not-covered' : 'promised', [
    { it: `${by}: ${figures}; ${ready.it}`, en: `${by}: ${figures}; ${ready.en}` },
  ]);
}

function readiness({ readiness: ready }: Solution, facts: Facts): Bilingual {
  const where = clause(ready.source, facts);
  if (ready.kind === 'in-place') return { it: `in essere (${where.it})`, en: `in place (${where.en})` };
  const by =
    ready.kind === 'by-month'
      ? { it: `entro il ${ready.month}`, en: `by ${ready.month}` }
      : {
          it: `entro ${ready.solutionMonths} mesi dal parere`,
          en: `within ${ready.solutionMonths} months of the opinion`,
        };
  return {
    it: `da adottare ${by.it} (${where.it}); nessun documento dice che ci sia`,
    en: `to be adopted ${by.en} (${where.en}); no document says that it is there`,
  };
}

/** Run at a site of the Chamber's own: nobody else promises it. */
function isOurs({ production }: Solution): boolean {
  return production.site !== undefined;
}

function operatorOf({ operator }: Solution, { suppliers }: Facts): string {
  return suppliers.find(({ id }) => id === operator)?.name ?? operator;
}

/** "Piano di continuità operativa ICT, 3.3" in both languages. */
function clause({ document, clause: number }: Source, { documents }: Facts): Bilingual {
  const found = documents.find(({ id }) => id === document);
  return {
    it: `${found?.nameIt ?? document}, ${number}`,
    en: `${found?.nameEn ?? document}, ${number}`,
  };
}

function said(standing: Said['standing'], reasons: readonly Bilingual[]): Said {
  return {
    standing,
    whyIt: reasons.map(({ it }) => it).join('; '),
    whyEn: reasons.map(({ en }) => en).join('; '),
  };
}
