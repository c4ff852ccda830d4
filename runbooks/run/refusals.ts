/** Why a run does not take what somebody says to it, in words that say what to do instead. */
import { DrError } from '../../core/errors.ts';
import { formatRome } from '../../core/time.ts';
import { SHORTEST_REASON_WORDS } from '../../scripts/override.ts';
import type { MilestoneName } from '../evidence/evidence.ts';
import type { RunbookStep } from '../plan/model.ts';
import type { Choice, StepStatus } from '../view/run-view.ts';
import type { StepProgress } from './progress.ts';

const SHOW = '"dr step" mostra che cosa attende e chi. / "dr step" shows what waits and for whom.';

export function runFinished(outcome: string): DrError {
  return new DrError(
    'RUN_FINISHED',
    `L'esecuzione è già conclusa (${outcome}). / The run is over already.`,
    'Si possono ancora dichiarare ore con "dr step declare". / Times can still be declared with "dr step declare".',
  );
}

export function unknownStep(runbook: readonly RunbookStep[], id: string): DrError {
  return new DrError(
    'UNKNOWN_STEP',
    `Non c'è un passo "${id}" in questa esecuzione. / There is no step "${id}" in this run.`,
    `Passi / steps: ${runbook.map((step) => step.id).join(', ')}`,
  );
}

const statusWords: Record<StepStatus, string> = {
  blocked: 'attende altri passi / it waits for other steps',
  'not-needed': 'non serve in questa esecuzione / it is not needed in this run',
  waiting: 'attende / it waits',
  running: 'lo sta facendo il programma / the program is doing it',
  unknown: 'interrotto / cut off',
  failed: 'non riuscito / failed',
  done: 'già concluso / over already',
  skipped: 'già saltato / skipped already',
};

export function notWaiting(step: RunbookStep, { status, answer }: StepProgress): DrError {
  const by = answer ? ` (${answer.role}, ${formatRome(answer.atUtc)}: ${answer.choice})` : '';
  return new DrError(
    'STEP_NOT_WAITING',
    `Il passo ${step.id} non attende una risposta: ${statusWords[status]}${by}. / The step does not wait for an answer.`,
    status === 'done' || status === 'skipped'
      ? `Se la risposta era sbagliata / if that answer was wrong: dr step take-back ${step.id} --role ${answer?.role ?? step.responsible} --why "..."`
      : SHOW,
  );
}

export function notCurrent(step: RunbookStep, attempt: number): DrError {
  return new DrError(
    'STEP_MOVED_ON',
    `Il passo ${step.id} è ormai al tentativo ${attempt}: la risposta era per uno precedente. / The step is at attempt ${attempt} by now; the answer was for an earlier one.`,
    SHOW,
  );
}

export function unknownChoice(step: RunbookStep, offered: readonly Choice[], choice: string): DrError {
  const choices = offered.map(({ id, it, en }) => `${id} (${it} / ${en})`);
  const option = step.kind === 'human' ? step.options?.find(({ id }) => id === choice) : undefined;
  const only = (option?.when ?? []).map(
    (condition) => `${condition.step} = ${condition.options.join(' | ')}`,
  );
  return new DrError(
    'UNKNOWN_CHOICE',
    option === undefined
      ? `"${choice}" non è una risposta al passo ${step.id}. / It is no answer to this step.`
      : `"${option.it}" qui non si può scegliere: vale solo con ${only.join(', ')}. / "${option.en}" can't be chosen here: it holds only with that.`,
    `Risposte / answers: ${choices.join(', ')}`,
  );
}

/** The program has not finished with it: what a person did instead can be said only once it is stopped. */
export function underWay(step: RunbookStep, offered: readonly Choice[]): DrError {
  const choices = offered.map(({ id, it, en }) => `${id} (${it} / ${en})`);
  return new DrError(
    'STEP_RUNNING',
    `Il passo ${step.id} lo sta facendo il programma. / The program is doing that step.`,
    `Lasciarlo finire. Se è fermo, prima interromperlo, poi dire che cosa si è fatto: / Let it end. If it hangs, stop it first, then say what was done: ${choices.join(', ')}`,
  );
}

export function noteNeeded({ id, it, en }: Choice): DrError {
  return new DrError(
    'NOTE_NEEDED',
    `Per "${it}" serve il motivo. / "${en}" needs a reason.`,
    `Aggiungere --note "perché" alla risposta "${id}". / Add --note "why".`,
  );
}

/** Said when the answer is given: later the restore would refuse it, again and again. */
export function reasonTooShort({ it, en }: Choice): DrError {
  return new DrError(
    'REASON_TOO_SHORT',
    `Per "${it}" serve il motivo, in almeno ${SHORTEST_REASON_WORDS} parole: resta nel rapporto. / "${en}" needs a reason in at least that many words: it stays in the report.`,
    'Scrivere nella nota (--note "...") come si sa che Lucca non serve più il dominio. / Write into the note (--note "...") how it is known that Lucca serves the domain no more.',
  );
}

export function timeNeeded({ id, title }: RunbookStep): DrError {
  return new DrError(
    'TIME_NEEDED',
    `Il passo ${id} (${title.it}) chiede un'ora, e quella della risposta non lo è. / The step asks for a time, and that of the answer is not it.`,
    'Indicare l\'ora, per esempio --at "2026-11-24 09:30"; se non è certa, la migliore stima, con il perché nella nota. / Give the time with --at; if it is not certain, the best estimate, with the reason in the note.',
  );
}

export function unknownRole(role: string, roles: readonly string[]): DrError {
  return new DrError(
    'UNKNOWN_ROLE',
    `Il ruolo "${role}" non è nell'inventario. / The role is not in the inventory.`,
    `Ruoli / roles: ${roles.join(', ')}`,
  );
}

export function notEntitled(step: RunbookStep, role: string, entitled: readonly string[]): DrError {
  return new DrError(
    'ROLE_NOT_ENTITLED',
    `Al passo ${step.id} non risponde il ruolo "${role}". / This role does not answer for this step.`,
    `Rispondono / these do: ${entitled.join(', ')}. Per affidare un ruolo: "dr step hand-over". / To hand a role over: "dr step hand-over".`,
  );
}

export function inFuture(atUtc: string): DrError {
  return new DrError(
    'TIME_IN_FUTURE',
    `L'ora dichiarata (${formatRome(atUtc)}) è nel futuro. / The declared time is in the future.`,
    "Controllare data e ora, e l'orologio di questo computer. / Check date and time, and this computer's clock.",
  );
}

export function nothingToTakeBack(step: RunbookStep): DrError {
  return new DrError(
    'NOTHING_TO_TAKE_BACK',
    `Il passo ${step.id} non ha una risposta che si possa ritirare (una lettera spedita non torna). / It has no answer that can be taken back (a letter sent does not come back).`,
    SHOW,
  );
}

export function built(step: RunbookStep, on: readonly RunbookStep[]): DrError {
  return new DrError(
    'ANSWER_IN_USE',
    `La risposta al passo ${step.id} non si può più ritirare: ne dipendono già ${on.map(({ id }) => id).join(', ')}. / It can't be taken back any more: these depend on it already.`,
    'Ritirare prima quelle risposte, o annotare la correzione in un passo successivo. / Take those back first, or note the correction in a later step.',
  );
}

export function sameRole(role: string): DrError {
  return new DrError(
    'SAME_ROLE',
    `"${role}" non può sostituire se stesso. / It cannot stand in for itself.`,
    'Indicare due ruoli diversi. / Name two different roles.',
  );
}

export function unknownPoint(milestone: MilestoneName, points: readonly MilestoneName[]): DrError {
  return new DrError(
    'UNKNOWN_POINT',
    `Un'esecuzione di questo tipo non ha il punto "${milestone}". / A run of this kind has no such point.`,
    `Punti / points: ${points.join(', ')}`,
  );
}

export function measuredAlready(milestone: MilestoneName, atUtc: string): DrError {
  return new DrError(
    'MEASURED_ALREADY',
    `L'ora di "${milestone}" è già misurata dal programma (${formatRome(atUtc)}). / It was measured by the program already.`,
    'Si dichiarano solo ore che il programma non conosce. / Only times that the program does not know are declared.',
  );
}
