/** An application's targets against the plan's chapter 5. */
import { type Rule, rule } from '../rules/rule.ts';

const fields = [
  { field: 'rtoHours', name: 'RTO' },
  { field: 'rpoHours', name: 'RPO' },
] as const;

/** The run measures against the application's own target, whichever document it is from; the other figure stays in sight. */
const targetsDiffer = rule(['applications', 'serviceClasses'], ({ applications, serviceClasses }, report) => {
  for (const [index, application] of applications.entries()) {
    const plan = serviceClasses.find(({ id }) => id === application.serviceClass)?.plan;
    if (plan === undefined || plan === null) continue;
    for (const { field, name } of fields) {
      if (plan[field] === application[field]) continue;
      const { document, clause } = application.source;
      report(
        'APPLICATION_TARGET_DIFFERS',
        ['applications', index, field],
        {
          it: `${application.nameIt}: ${name} ${application[field]} h (${document} ${clause}), ${plan[field]} h nel piano (${plan.source.clause})`,
          en: `${application.nameEn}: ${name} ${application[field]} h (${document} ${clause}), ${plan[field]} h in the plan (${plan.source.clause})`,
        },
        {
          it: `Da chiarire nei documenti; fino ad allora il programma misura su ${application[field]} h.`,
          en: `To be settled in the documents; until then the program measures against ${application[field]} h.`,
        },
        'disagreement',
      );
    }
  }
});

export const applicationComparisons: readonly Rule[] = [targetsDiffer];
