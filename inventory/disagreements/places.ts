/** Places, suppliers and offices as each document has them. */
import type { Rule } from '../rules/rule.ts';
import { comparison, distinct, folded, missingFrom } from './disagreement.ts';

const crisisProcedures = comparison(['suppliers'], ({ suppliers }, differ) => {
  for (const [index, supplier] of suppliers.entries()) {
    const procedures = supplier.crisisProcedure ?? [];
    if (distinct(procedures.map(({ reference }) => reference)).length < 2) continue;
    const said = procedures.map(
      ({ reference, source }) => `${reference} (${source.document} ${source.clause})`,
    );
    differ('PROCEDURE_DIFFERS', ['suppliers', index, 'crisisProcedure'], {
      it: `${supplier.name}: la procedura di crisi ha più nomi: ${said.join(', ')}`,
      en: `${supplier.name}: the crisis procedure has more than one name: ${said.join(', ')}`,
    });
  }
});

const streets = comparison(['sites', 'solutions'], ({ sites, solutions }, differ) => {
  for (const [index, solution] of solutions.entries()) {
    for (const use of ['production', 'recovery'] as const) {
      const { site: id, street } = solution[use];
      const site = sites.find((one) => one.id === id);
      if (site === undefined || street === undefined) continue;
      if (folded(site.address.street) === folded(street)) continue;
      differ('ADDRESS_DIFFERS', ['solutions', index, use, 'street'], {
        it: `${site.name}: "${site.address.street}" nel piano (${site.source.clause}), "${street}" nello studio (${solution.source.clause})`,
        en: `${site.id}: "${site.address.street}" in the plan (${site.source.clause}), "${street}" in the study (${solution.source.clause})`,
      });
    }
  }
});

/** The study does not say whose work places it means; if they are the Chamber's, the secondary site must have them. */
const workplaces = comparison(['sites', 'solutions'], ({ sites, solutions }, differ) => {
  const secondary = sites.find(({ role }) => role === 'secondary');
  if (secondary === undefined) return;
  const there = secondary.rooms.reduce((sum, room) => sum + room.workstations, 0);
  for (const [index, { name, workplaces: needed, source }] of solutions.entries()) {
    if (needed === null || needed.emergency <= there) continue;
    differ('WORKPLACES_DIFFER', ['solutions', index, 'workplaces'], {
      it: `${name}: ${needed.emergency} postazioni in emergenza (studio ${source.clause}, che non dice di chi), ${secondary.name} ne ha ${there} (piano ${secondary.source.clause})`,
      en: `${name}: ${needed.emergency} work places in an emergency (study ${source.clause}, which does not say whose), ${secondary.id} has ${there} (plan ${secondary.source.clause})`,
    });
  }
});

const officeNames = comparison(['offices', 'organisation'], ({ offices, organisation }, differ) => {
  for (const [index, office] of offices.entries()) {
    const units = organisation.filter(({ id }) => office.organisationUnits.includes(id));
    const names = units.map(({ name }) => name);
    if (names.length === 1 && missingFrom(names, [office.name]).length === 0) continue;
    differ('OFFICE_DIFFERS', ['offices', index, 'name'], {
      it: `l'ufficio "${office.name}" del piano (${office.source.clause}) nello studio (2.1) è: ${names.join(' + ') || '-'}`,
      en: `the plan's office "${office.name}" (${office.source.clause}) is in the study (2.1): ${names.join(' + ') || '-'}`,
    });
  }
});

export const placeComparisons: readonly Rule[] = [crisisProcedures, streets, workplaces, officeNames];
