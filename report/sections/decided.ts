/** Why the program restored nothing, where a decision made it so: the incident was no crisis, or people brought service back themselves. */
import type { Answer, OtherWay, Step } from '../../runbooks/clock/model.ts';
import { isDeclared, ledElsewhere } from '../../runbooks/clock/other-way.ts';
import { standingAnswers } from '../../runbooks/clock/people.ts';
import { dayAndTime } from '../format.ts';
import type { Report } from '../model.ts';
import { join, stepOutcomeTexts, type Text, text } from '../texts.ts';
import { choiceName } from './people.ts';

/** Undefined while a run is under way, and where it was to restore; one that failed says it elsewhere. */
export function whatWasDecided(report: Report): Text | undefined {
  const { status, checks, steps, answers, otherWay } = report;
  if (status !== 'completed' || checks.length > 0) return undefined;
  if (otherWay !== undefined) return carriedOut(report, otherWay);
  const restore = steps.find(({ kind, outcome }) => kind === 'machine' && outcome === 'not-needed');
  const answer = restore && ledElsewhere(restore, answers);
  if (answer === undefined) return undefined;
  const decided = decision(report, answer);
  return text(
    `Nulla è stato ripristinato, perché così è stato deciso: ${decided.it}`,
    `Nothing was restored, because it was decided so: ${decided.en}`,
  );
}

/** What was decided, by which step it is said to be done, who says so, and that the program verified nothing. */
function carriedOut(report: Report, otherWay: OtherWay): Text {
  const { steps, answers } = report;
  const standing = standingAnswers(answers);
  const [chosen, said] = [standing.get(otherWay.decision), standing.get(otherWay.step)];
  const step = steps.find((candidate) => candidate.step === otherWay.step);
  const decided = chosen === undefined ? text(otherWay.choice, otherWay.choice) : decision(report, chosen);
  const way = step === undefined ? text(otherWay.step, otherWay.step) : titleOf(step);
  const start = text(`Così è stato deciso: ${decided.it}.`, `It was decided so: ${decided.en}.`);
  if (!isDeclared(report)) {
    const end = stepOutcomeTexts[step?.outcome ?? 'planned'];
    return text(
      `${start.it} Nessuno ha dichiarato che il servizio è tornato: ${way.it}: ${end.it}`,
      `${start.en} Nobody declared that service is back: ${way.en}: ${end.en}`,
    );
  }
  const by = said === undefined ? text('–', '–') : whoSaid(report, said);
  return text(
    `${start.it} Che il servizio è tornato lo dichiara ${by.it}, con il passo ${way.it}. Il programma non ha ripristinato né verificato nulla`,
    `${start.en} That service is back is declared by ${by.en}, with the step ${way.en}. The program restored and verified nothing`,
  );
}

/** `6.1.10 Decidere la soluzione: «Riattivare il sito primario: Lucca» (Responsabile, P-1, 23/11/2026 10:00:00)`. */
function decision(report: Report, answer: Answer): Text {
  const step = report.steps.find((candidate) => candidate.step === answer.step);
  if (step === undefined) return text(answer.choice, answer.choice);
  const [title, words, who] = [titleOf(step), choiceName(step, answer.choice), whoSaid(report, answer)];
  return text(`${title.it}: «${words.it}» (${who.it})`, `${title.en}: “${words.en}” (${who.en})`);
}

function titleOf({ clause, titleIt, titleEn }: Step): Text {
  return join([text(clause, clause), text(titleIt, titleEn)], ' ');
}

function whoSaid({ roles = {} }: Report, { role, person, atUtc }: Answer): Text {
  const name = Object.hasOwn(roles, role) ? (roles[role] ?? text(role, role)) : text(role, role);
  return join([name, ...(person === '' ? [] : [text(person, person)]), dayAndTime(atUtc)], ', ');
}
