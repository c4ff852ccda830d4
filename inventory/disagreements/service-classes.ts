/** The plan's chapter 5 against the study, service class by service class. */
import type { Sentence } from '../findings.ts';
import type { Rule } from '../rules/rule.ts';
import type { comparedFields, DeclaredChange, ServiceClass, Solution } from '../schema-plan.ts';
import { solutionRpoHours, solutionsOf } from '../solutions.ts';
import { comparison, distinct, missingFrom } from './disagreement.ts';

type ComparedField = (typeof comparedFields)[number];
type Plan = NonNullable<ServiceClass['plan']>;

const onlyInTheStudy = comparison(
  ['serviceClasses', 'declaredChanges'],
  ({ serviceClasses, declaredChanges }, differ) => {
    for (const [index, { id, name, plan, study }] of serviceClasses.entries()) {
      if (plan !== null) continue;
      const declared = declaration(declaredChanges, id, 'presence');
      differ('ONLY_IN_STUDY', ['serviceClasses', index, 'plan'], {
        it: `${name}: classe presente nello studio (${study.listed.source.clause}) e non nel piano (5)${declared.it}`,
        en: `${name}: class in the study (${study.listed.source.clause}), not in the plan (5)${declared.en}`,
      });
    }
  },
);

/** What both documents state in one value each: the study in its list (3.1.1) or its self-assessment (4). */
const statedValuesDiffer = comparison(['serviceClasses'], ({ serviceClasses }, differ) => {
  for (const [index, { name, plan, study }] of serviceClasses.entries()) {
    if (plan === null) continue;
    const { listed, assessment } = study;
    const pairs = [
      { field: 'userType', it: 'utenza', en: 'users', theirs: listed.userType, source: listed.source },
      {
        field: 'criticalityIndex',
        it: 'indice di criticità',
        en: 'criticality index',
        theirs: assessment.criticalityIndex,
        source: assessment.source,
      },
      {
        field: 'criticalityClass',
        it: 'classe di criticità',
        en: 'criticality class',
        theirs: assessment.criticalityClass,
        source: assessment.source,
      },
    ] as const;
    for (const { field, it, en, theirs, source } of pairs) {
      if (plan[field] === theirs) continue;
      differ(differsCode(field), ['serviceClasses', index, 'plan', field], {
        it: `${name}: ${it} ${plan[field]} nel piano (${plan.source.clause}), ${theirs} nello studio (${source.clause})`,
        en: `${name}: ${en} ${plan[field]} in the plan (${plan.source.clause}), ${theirs} in the study (${source.clause})`,
      });
    }
  }
});

const namesDiffer = comparison(['serviceClasses'], ({ serviceClasses }, differ) => {
  for (const [index, { name, plan, study }] of serviceClasses.entries()) {
    if (plan === null) continue;
    const { listed } = study;
    if (missingFrom([listed.title], [plan.title]).length > 0) {
      differ('TITLE_DIFFERS', ['serviceClasses', index, 'plan', 'title'], {
        it: `${name}: il piano (${plan.source.clause}) la chiama "${plan.title}", lo studio (${listed.source.clause}) "${listed.title}"`,
        en: `${name}: the plan (${plan.source.clause}) calls it "${plan.title}", the study (${listed.source.clause}) "${listed.title}"`,
      });
    }
    const onlyPlan = missingFrom(listed.components, plan.components);
    const onlyStudy = missingFrom(plan.components, listed.components);
    if (onlyPlan.length === 0 && onlyStudy.length === 0) continue;
    differ('COMPONENTS_DIFFER', ['serviceClasses', index, 'plan', 'components'], {
      it: `${name}: componenti solo nel piano (${plan.source.clause}): ${listText(onlyPlan)}; solo nello studio (${listed.source.clause}): ${listText(onlyStudy)}`,
      en: `${name}: components only in the plan: ${listText(onlyPlan)}; only in the study: ${listText(onlyStudy)}`,
    });
  }
});

/** What the study states for the technical solutions that cover a class (5.1.1.x), not for the class itself. */
const solutionValuesDiffer = comparison(
  ['serviceClasses', 'solutions', 'declaredChanges'],
  ({ serviceClasses, solutions, declaredChanges }, differ) => {
    for (const [index, serviceClass] of serviceClasses.entries()) {
      const { id, name, plan } = serviceClass;
      const covering = solutionsOf(solutions, serviceClass);
      if (plan === null || covering.length === 0) continue;
      for (const { field, code, of, text } of solutionFields) {
        const theirs = distinct(covering.map((solution) => of(solution, id)));
        if (theirs.every((value) => value === plan[field])) continue;
        const clauses = covering.map(({ source }) => source.clause).join(', ');
        const declared = declaration(declaredChanges, id, field);
        const [ours, other] = [text(plan[field]), theirs.map(text).join(' / ')];
        differ(code, ['serviceClasses', index, 'plan', field], {
          it: `${name}: ${ours} nel piano (${plan.source.clause}), ${other} nello studio (${clauses})${declared.it}`,
          en: `${name}: ${ours} in the plan (${plan.source.clause}), ${other} in the study (${clauses})${declared.en}`,
        });
      }
    }
  },
);

type SolutionField = {
  field: 'tier' | 'rtoHours' | 'rpoHours' | 'supplier';
  code: string;
  of: (solution: Solution, serviceClass: string) => Plan[SolutionField['field']];
  text: (value: string | number) => string;
};
const solutionFields: readonly SolutionField[] = [
  { field: 'tier', code: 'TIER_DIFFERS', of: ({ tier }) => tier, text: (value) => `Tier ${value}` },
  {
    field: 'rtoHours',
    code: 'RTO_DIFFERS',
    of: ({ rtoHours }) => rtoHours,
    text: (value) => `RTO ${value} h`,
  },
  { field: 'rpoHours', code: 'RPO_DIFFERS', of: solutionRpoHours, text: (value) => `RPO ${value} h` },
  {
    field: 'supplier',
    code: 'SUPPLIER_DIFFERS',
    of: ({ operator }) => operator,
    text: (value) => `fornitore / supplier ${value}`,
  },
];

/** What the plan itself says about a difference, as the end of a sentence; empty when it says nothing. */
function declaration(
  changes: readonly DeclaredChange[],
  serviceClass: string,
  field: ComparedField | 'supplier',
): Sentence {
  const change = changes.find(
    (one) => one.serviceClass === serviceClass && one.fields.some((name) => name === field),
  );
  if (change === undefined) return { it: '', en: '' };
  return {
    it: `; il piano lo spiega (${change.source.clause}): ${change.reasonIt}`,
    en: `; the plan explains it (${change.source.clause}): ${change.reasonEn}`,
  };
}

function differsCode(field: 'userType' | 'criticalityIndex' | 'criticalityClass'): string {
  return {
    userType: 'USERS_DIFFER',
    criticalityIndex: 'CRITICALITY_INDEX_DIFFERS',
    criticalityClass: 'CRITICALITY_CLASS_DIFFERS',
  }[field];
}

function listText(names: readonly string[]): string {
  return names.length === 0 ? '-' : names.join(', ');
}

export const serviceClassComparisons: readonly Rule[] = [
  onlyInTheStudy,
  namesDiffer,
  statedValuesDiffer,
  solutionValuesDiffer,
];
