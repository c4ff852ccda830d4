/** The plan against itself. */
import { type Rule, rule } from '../rules/rule.ts';
import type { Role, ServiceClass, Team } from '../schema-plan.ts';
import { comparison, folded } from './disagreement.ts';

const purposesAreRepeated = comparison(['serviceClasses'], ({ serviceClasses }, differ) => {
  for (const [index, { name, plan }] of serviceClasses.entries()) {
    if (plan === null) continue;
    const first = serviceClasses
      .slice(0, index)
      .find((other) => other.plan !== null && folded(other.plan.purpose) === folded(plan.purpose));
    if (first === undefined) continue;
    differ('PURPOSE_REPEATED', ['serviceClasses', index, 'plan', 'purpose'], {
      it: `${name}: il piano (${plan.source.clause}) la descrive come "${first.name}"`,
      en: `${name}: the plan (${plan.source.clause}) describes it like "${first.name}"`,
    });
  }
});

const countsAddUp = comparison(
  ['declaredCounts', 'serviceClasses', 'outOfScopeServices', 'solutions'],
  ({ declaredCounts, serviceClasses, outOfScopeServices, solutions }, differ) => {
    const listed = [
      {
        key: 'serviceClasses',
        it: 'classi di servizi',
        en: 'service classes',
        number: inPlan(serviceClasses),
      },
      {
        key: 'outOfScopeServices',
        it: 'servizi fuori ambito',
        en: 'services out of scope',
        number: outOfScopeServices.length,
      },
      { key: 'solutions', it: 'soluzioni tecniche', en: 'technical solutions', number: solutions.length },
    ] as const;
    for (const { key, it, en, number } of listed) {
      if (declaredCounts[key] === number) continue;
      const { clause } = declaredCounts.source;
      differ('COUNT_DIFFERS', ['declaredCounts', key], {
        it: `il piano conta ${declaredCounts[key]} ${it} (${clause}) ma ne elenca ${number}`,
        en: `the plan counts ${declaredCounts[key]} ${en} (${clause}) but lists ${number}`,
      });
    }
  },
);

function inPlan(serviceClasses: readonly ServiceClass[]): number {
  return serviceClasses.filter(({ plan }) => plan !== null).length;
}

/** Chapter 6 sends the reader to chapter 7 for the persons; a role that no team there has leads nowhere. */
const crisisRolesHaveATeam = comparison(['roles', 'teams'], ({ roles, teams }, differ) => {
  for (const [index, role] of roles.entries()) {
    if (!role.actsInCrisis || inATeam(role, roles, teams)) continue;
    differ('ROLE_WITHOUT_TEAM', ['roles', index, 'id'], {
      it: `${role.nameIt}: il piano ne ha bisogno nella crisi (${role.source.clause}), ma nessun team del capitolo 7 lo indica`,
      en: `${role.nameEn}: the plan needs it in a crisis (${role.source.clause}), but no team of chapter 7 names it`,
    });
  }
});

function inATeam(role: Role, roles: readonly Role[], teams: readonly Team[]): boolean {
  if (teams.some((team) => team.roles.includes(role.id))) return true;
  const same = roles.find(({ id }) => id === role.sameAs);
  return same !== undefined && teams.some((team) => team.roles.includes(same.id));
}

const countersServeClassesOfThePlan = comparison(
  ['openingHours', 'serviceClasses'],
  ({ openingHours, serviceClasses }, differ) => {
    for (const [index, counter] of openingHours.entries()) {
      for (const [position, id] of counter.serviceClasses.entries()) {
        const served = serviceClasses.find((serviceClass) => serviceClass.id === id);
        if (served === undefined || served.plan !== null) continue;
        differ('COUNTER_WITHOUT_CLASS', ['openingHours', index, 'serviceClasses', position], {
          it: `${counter.nameIt}: il piano ne dà l'orario (${counter.source.clause}), ma non ha più la classe "${served.name}" (5)`,
          en: `${counter.nameEn}: the plan gives its hours (${counter.source.clause}), but no longer has the class "${served.name}" (5)`,
        });
      }
    }
  },
);

const promisedServicesHaveATarget = comparison(
  ['frontOfficeServices', 'certifiedServices'],
  ({ frontOfficeServices, certifiedServices }, differ) => {
    for (const [index, service] of frontOfficeServices.entries()) {
      for (const [position, id] of service.certifiedServices.entries()) {
        const certified = certifiedServices.find((one) => one.id === id);
        if (certified === undefined) continue;
        differ('SERVICE_WITHOUT_TARGET', ['frontOfficeServices', index, 'certifiedServices', position], {
          it: `${service.nameIt}: il piano lo promette a Viareggio (${service.source.clause}), lo studio lascia "${certified.nameIt}" ai certificatori (${certified.source.clause}): nessuno gli dà un RTO`,
          en: `${service.nameEn}: the plan promises it at Viareggio (${service.source.clause}), the study leaves "${certified.nameEn}" to the certifiers (${certified.source.clause}): nobody gives it an RTO`,
        });
      }
    }
  },
);

const staffIsCountedTwice = comparison(['teams', 'sharedStaff'], ({ teams, sharedStaff }, differ) => {
  for (const [index, { teams: ids, distinctPersons, source }] of sharedStaff.entries()) {
    const shared = teams.filter(({ id }) => ids.includes(id));
    const posts = shared.reduce((sum, team) => sum + team.headCount, 0);
    if (posts === distinctPersons) continue;
    differ('STAFF_COUNTED_TWICE', ['sharedStaff', index, 'distinctPersons'], {
      it: `${shared.map((team) => team.nameIt).join(' e ')}: ${posts} posti nel piano (${source.clause}) per ${distinctPersons} persone`,
      en: `${shared.map((team) => team.nameEn).join(' and ')}: ${posts} posts in the plan (${source.clause}) for ${distinctPersons} persons`,
    });
  }
});

const dutiesAgree = comparison(['recurringDuties'], ({ recurringDuties }, differ) => {
  for (const [index, duty] of recurringDuties.entries()) {
    const other = recurringDuties
      .slice(0, index)
      .find(
        (one) =>
          one.subject === duty.subject &&
          (one.needed !== duty.needed || one.everyMonths !== duty.everyMonths),
      );
    if (other === undefined) continue;
    differ('DUTY_DIFFERS', ['recurringDuties', index, 'subject'], {
      it: `${duty.nameIt}: ${rhythmIt(duty)} (${duty.source.document} ${duty.source.clause}); ${other.nameIt}: ${rhythmIt(other)} (${other.source.document} ${other.source.clause})`,
      en: `${duty.nameEn}: ${rhythmEn(duty)} (${duty.source.clause}); ${other.nameEn}: ${rhythmEn(other)} (${other.source.clause})`,
    });
  }
});

const DECLARATION = '6.1.1';

/** Whoever the documents mean must be able to declare a crisis, so the program lets both. */
const declarerDiffers = rule(['escalation', 'actions', 'roles'], (facts, report) => {
  const { declaredBy } = facts.escalation;
  const action = facts.actions.find(({ source }) => source.clause === DECLARATION);
  if (action === undefined || action.responsible === declaredBy.role) return;
  const [one, other] = [declaredBy.role, action.responsible].map((id) =>
    facts.roles.find((role) => role.id === id),
  );
  report(
    'DECLARER_DIFFERS',
    ['escalation', 'declaredBy', 'role'],
    {
      it: `lo stato di crisi lo dichiara: ${one?.nameIt} (piano ${declaredBy.source.clause}), ${other?.nameIt} (piano ${DECLARATION})`,
      en: `the crisis is declared by: ${one?.nameEn} (plan ${declaredBy.source.clause}), ${other?.nameEn} (plan ${DECLARATION})`,
    },
    {
      it: `Da chiarire nei documenti; fino ad allora al passo ${DECLARATION} rispondono entrambi.`,
      en: `To be settled in the documents; until then both may answer step ${DECLARATION}.`,
    },
    'disagreement',
  );
});

type Rhythm = { needed: boolean; everyMonths: number | null };

function rhythmIt({ needed, everyMonths }: Rhythm): string {
  if (!needed) return 'non necessaria';
  return everyMonths === null ? 'senza una scadenza' : `ogni ${everyMonths} mesi`;
}

function rhythmEn({ needed, everyMonths }: Rhythm): string {
  if (!needed) return 'not needed';
  return everyMonths === null ? 'without a date' : `every ${everyMonths} months`;
}

export const planComparisons: readonly Rule[] = [
  purposesAreRepeated,
  countsAddUp,
  crisisRolesHaveATeam,
  countersServeClassesOfThePlan,
  promisedServicesHaveATarget,
  staffIsCountedTwice,
  dutiesAgree,
  declarerDiffers,
];
