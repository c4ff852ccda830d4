/** Questions about the study's technical solutions. */
import type { ServiceClass, Solution } from './schema-plan.ts';

/** The solutions that the study's summary (5.2) gives to a class. */
export function solutionsOf(solutions: readonly Solution[], serviceClass: ServiceClass): Solution[] {
  const ids = serviceClass.study.summary.solutions.map(({ solution }) => solution);
  return solutions.filter(({ id }) => ids.includes(id));
}

/** The RPO, in hours, that a solution gives to a class. */
export function solutionRpoHours(solution: Solution, serviceClassId: string): number {
  const exception = solution.rpoExceptions.find(({ serviceClasses }) =>
    serviceClasses.includes(serviceClassId),
  );
  return exception?.rpoHours ?? solution.rpoHours;
}
