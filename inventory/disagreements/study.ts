/** The study against itself: its self-assessment (4), its tables (5.1, 5.2, 5.3) and its solutions' sheets (5.1.1.x). */
import type { Rule } from '../rules/rule.ts';
import type { Solution } from '../schema-plan.ts';
import { solutionRpoHours, solutionsOf } from '../solutions.ts';
import { comparison, distinct, folded, missingFrom } from './disagreement.ts';

const assessmentAndSummary = comparison(['serviceClasses'], ({ serviceClasses }, differ) => {
  for (const [index, { name, study }] of serviceClasses.entries()) {
    const { assessment, summary } = study;
    const places = `(${assessment.source.clause}) / (${summary.source.clause})`;
    if (summary.minimumTier !== assessment.tier) {
      differ('MINIMUM_TIER_DIFFERS', ['serviceClasses', index, 'study', 'summary', 'minimumTier'], {
        it: `${name}: lo studio dà come minimo Tier ${assessment.tier} e Tier ${summary.minimumTier} ${places}`,
        en: `${name}: the study gives Tier ${assessment.tier} and Tier ${summary.minimumTier} as the least ${places}`,
      });
    }
    if (summary.criticalityClass !== assessment.criticalityClass) {
      differ('STUDY_CRITICALITY_DIFFERS', ['serviceClasses', index, 'study', 'summary', 'criticalityClass'], {
        it: `${name}: lo studio dà criticità ${assessment.criticalityClass} e ${summary.criticalityClass} ${places}`,
        en: `${name}: the study gives criticality ${assessment.criticalityClass} and ${summary.criticalityClass} ${places}`,
      });
    }
  }
});

const solutionsMeetTheAssessment = comparison(
  ['serviceClasses', 'solutions'],
  ({ serviceClasses, solutions }, differ) => {
    for (const [index, serviceClass] of serviceClasses.entries()) {
      const { id, name, study } = serviceClass;
      for (const solution of solutionsOf(solutions, serviceClass)) {
        const rpoHours = solutionRpoHours(solution, id);
        const { assessment } = study;
        const places = `(${solution.source.clause}) / (${assessment.source.clause})`;
        if (rpoHours !== assessment.rpoHours) {
          const why = solution.rpoExplained.find((one) => one.serviceClass === id);
          differ('SOLUTION_RPO_DIFFERS', ['serviceClasses', index, 'study', 'assessment', 'rpoHours'], {
            it: `${name}: RPO ${rpoHours} h nella soluzione ${solution.name}, ${assessment.rpoHours} h nell'autovalutazione ${places}${why ? `; lo studio lo spiega: ${why.reasonIt}` : ''}`,
            en: `${name}: RPO ${rpoHours} h in solution ${solution.name}, ${assessment.rpoHours} h in the self-assessment ${places}${why ? `; the study explains it: ${why.reasonEn}` : ''}`,
          });
        }
        if (solution.tier < assessment.tier) {
          differ('SOLUTION_TOO_WEAK', ['serviceClasses', index, 'study', 'assessment', 'tier'], {
            it: `${name}: ${solution.name} è Tier ${solution.tier}, l'autovalutazione chiede almeno Tier ${assessment.tier} ${places}`,
            en: `${name}: ${solution.name} is Tier ${solution.tier}, the self-assessment asks for at least Tier ${assessment.tier} ${places}`,
          });
        }
      }
    }
  },
);

const solutionTimes = comparison(['serviceClasses', 'solutions'], ({ serviceClasses, solutions }, differ) => {
  for (const [index, { id, name, rtoHours, restart, source }] of solutions.entries()) {
    const covered = serviceClasses.filter(({ study }) =>
      study.summary.solutions.some(({ solution }) => solution === id),
    );
    const assessed = distinct(covered.map(({ study }) => study.assessment.rtoHours));
    if (assessed.some((value) => value !== rtoHours)) {
      differ('SOLUTION_RTO_DIFFERS', ['solutions', index, 'rtoHours'], {
        it: `${name}: RTO ${rtoHours} h nella scheda (${source.clause}), ${assessed.join(' / ')} h nell'autovalutazione delle sue classi (4)`,
        en: `${name}: RTO ${rtoHours} h in its sheet (${source.clause}), ${assessed.join(' / ')} h in the self-assessment of its classes (4)`,
      });
    }
    // A working day is a day at the least: the promise of 5.3 can't be kept to the hours of the sheet.
    if (restart.withinWorkingDays * 24 > rtoHours) {
      differ('RESTART_DIFFERS', ['solutions', index, 'restart', 'withinWorkingDays'], {
        it: `${name}: ripartenza entro ${restart.withinWorkingDays} giorni lavorativi (${restart.source.clause}), RTO ${rtoHours} h nella scheda (${source.clause})`,
        en: `${name}: restart within ${restart.withinWorkingDays} working days (${restart.source.clause}), RTO ${rtoHours} h in its sheet (${source.clause})`,
      });
    }
  }
});

const coverage = comparison(['serviceClasses', 'solutions'], ({ serviceClasses, solutions }, differ) => {
  for (const [index, { id, name, covers }] of solutions.entries()) {
    const inTable = covers.map(({ serviceClass }) => serviceClass);
    const inSummary = serviceClasses
      .filter(({ study }) => study.summary.solutions.some(({ solution }) => solution === id))
      .map((serviceClass) => serviceClass.id);
    const lone = [...missingFrom(inSummary, inTable), ...missingFrom(inTable, inSummary)];
    if (lone.length === 0) continue;
    differ('COVERAGE_DIFFERS', ['solutions', index, 'covers'], {
      it: `${name}: le tabelle 5.1 e 5.2 dello studio non concordano su: ${lone.join(', ')}`,
      en: `${name}: the study's tables 5.1 and 5.2 do not agree on: ${lone.join(', ')}`,
    });
  }
});

const presence = comparison(['serviceClasses', 'solutions'], ({ serviceClasses, solutions }, differ) => {
  for (const [index, { name, study }] of serviceClasses.entries()) {
    for (const [position, use] of study.summary.solutions.entries()) {
      const solution = solutions.find(({ id }) => id === use.solution);
      if (solution === undefined || (solution.status === 'adopted') === use.present) continue;
      differ(
        'PRESENCE_DIFFERS',
        ['serviceClasses', index, 'study', 'summary', 'solutions', position, 'present'],
        {
          it: `${name}: il riepilogo (5.2) e la scheda di ${solution.name} (${solution.source.clause}) non concordano se la soluzione ci sia già`,
          en: `${name}: the summary (5.2) and the sheet of ${solution.name} (${solution.source.clause}) do not agree whether the solution is already there`,
        },
      );
    }
  }
});

const partsInTableAndSheet = comparison(
  ['serviceClasses', 'solutions'],
  ({ serviceClasses, solutions }, differ) => {
    for (const [index, solution] of solutions.entries()) {
      for (const [position, cover] of solution.covers.entries()) {
        const lone = [
          ...missingFrom(cover.sheetParts, cover.parts),
          ...missingFrom(cover.parts, cover.sheetParts),
        ];
        if (lone.length === 0) continue;
        const name = serviceClasses.find(({ id }) => id === cover.serviceClass)?.name;
        differ('PARTS_DIFFER', ['solutions', index, 'covers', position, 'sheetParts'], {
          it: `${solution.name}, ${name}: la tabella 5.1 e la scheda (${solution.source.clause}) non concordano su: ${lone.join(', ')}`,
          en: `${solution.name}, ${name}: table 5.1 and the sheet (${solution.source.clause}) do not agree on: ${lone.join(', ')}`,
        });
      }
    }
  },
);

/** A class that solutions share out by parts: those parts should be the components that 3.1.1 lists. */
const partsAndComponents = comparison(
  ['serviceClasses', 'solutions'],
  ({ serviceClasses, solutions }, differ) => {
    for (const [index, { id, name, study }] of serviceClasses.entries()) {
      const parts = partsOf(solutions, id);
      if (parts.length === 0) continue;
      const { components, source } = study.listed;
      const strange = parts.filter((part) => !components.some((one) => folded(one).includes(folded(part))));
      const without = components.filter((one) => !parts.some((part) => folded(one).includes(folded(part))));
      if (strange.length === 0 && without.length === 0) continue;
      differ('PARTS_NOT_COMPONENTS', ['serviceClasses', index, 'study', 'listed', 'components'], {
        it: `${name}: le soluzioni (5.1) nominano parti che ${source.clause} non elenca: ${strange.join(', ') || '-'}; componenti senza soluzione: ${without.join(', ') || '-'}`,
        en: `${name}: the solutions (5.1) name parts that ${source.clause} does not list: ${strange.join(', ') || '-'}; components without a solution: ${without.join(', ') || '-'}`,
      });
    }
  },
);

function partsOf(solutions: readonly Solution[], serviceClassId: string): string[] {
  const covers = solutions.flatMap((solution) =>
    solution.covers.filter(({ serviceClass }) => serviceClass === serviceClassId),
  );
  return covers.every(({ parts }) => parts.length > 0) ? covers.flatMap(({ parts }) => parts) : [];
}

export const studyComparisons: readonly Rule[] = [
  assessmentAndSummary,
  solutionsMeetTheAssessment,
  solutionTimes,
  coverage,
  presence,
  partsInTableAndSheet,
  partsAndComponents,
];
