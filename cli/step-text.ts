/** What `dr step` says: who is awaited, what the program is doing, and what may be typed about it. */
import { formatDurationMs, formatRome } from '../core/time.ts';
import { needsPerson } from '../report/live/client/awaited.js';
import { statusTexts } from '../report/live/texts.ts';
import { stillAtWork } from '../runbooks/run/interrupt.ts';
import type { RunView, StepView } from '../runbooks/view/run-view.ts';
import type { KnownRun } from './runs.ts';

const runWords: Record<RunView['run']['status'], string> = {
  unfinished: 'in corso / under way',
  completed: 'conclusa / over',
  aborted: 'chiusa prima della fine / ended early',
};

/** In a line each: who is awaited now. */
export function whatNext({ steps, run }: RunView): string {
  if (run.status !== 'unfinished') return `${runWords[run.status]}: "dr report"`;
  const waiting = steps.filter(needsPerson);
  if (waiting.length === 0) return 'Ora nessuno è atteso. / Nobody is awaited now.';
  const lines = waiting.map(
    ({ id, title, responsible }) => `  ${id}  ${title.it} / ${title.en}  (${responsible})`,
  );
  return ['Ora attendono / these wait now ("dr step"):', ...lines].join('\n');
}

/** The steps in full. */
export function listText(
  run: Pick<KnownRun, 'runId' | 'finished'>,
  view: RunView,
  steps: readonly StepView[],
): string {
  const head = `${run.runId}: ${runWords[view.run.status]}${view.executing === false && !run.finished ? ' - interrotta, "dr resume" / cut off, "dr resume"' : ''}`;
  const shown =
    steps.length === 0
      ? ['Nessun passo attende una persona. / No step waits for a person.']
      : steps.map((step) => stepText(step, view));
  return [head, ...shown, ...underWay(view, steps)].join('\n');
}

/** What the program is doing, and where to read how it is stopped; what is shown in full already says so itself. */
function underWay({ steps }: RunView, shown: readonly StepView[]): string[] {
  const working = steps.filter(({ status, choices }) => status === 'running' && choices.length > 0);
  const others = working.filter(({ id }) => !shown.some((step) => step.id === id));
  if (others.length === 0) return [];
  return [
    '',
    'Il programma sta facendo (se è fermo, "dr step --all" dice come interromperlo): / The program is at work (if it hangs, "dr step --all" says how to stop it):',
    ...others.map(({ id, title, startedAtUtc }) => {
      const since = startedAtUtc === null ? '' : `, da / since ${formatRome(startedAtUtc)}`;
      return `  ${id}  ${title.it} / ${title.en}${since}`;
    }),
  ];
}

function stepText(step: StepView, { roles, deputies }: RunView): string {
  const nameOf = (role: string): string => {
    const deputy = deputies[role];
    return `${role} (${roles[role]?.it ?? '-'})${deputy === undefined ? '' : ` → ${deputy}`}`;
  };
  const status = statusTexts[step.status];
  const since = step.startedAtUtc === null ? '' : `, da / since ${formatRome(step.startedAtUtc)}`;
  const lines = [
    '',
    `${step.id}  ${step.title.it} / ${step.title.en}  [${status.it} / ${status.en}${since}]${step.overdue ? ' OLTRE IL TEMPO / OVERDUE' : ''}`,
    `  risponde / answers: ${[step.responsible, ...step.supporting].map(nameOf).join(', ')}`,
    `  ${step.instructions.it}`,
    `  ${step.instructions.en}`,
    `  entro / within: ${formatDurationMs(step.timeoutMinutes * 60_000)}; prova / proof: ${step.proof.it}`,
  ];
  if (step.reason !== null) lines.push(`  ${step.reason.it}`);
  else if (step.choices.some(({ interrupts }) => interrupts)) lines.push(`  ${stillAtWork.it}`);
  if (step.letter !== null)
    lines.push(
      `  A / To: ${step.letter.to.join(', ')}`,
      ...indent(`${step.letter.subject}\n\n${step.letter.text}`),
    );
  for (const { id, it, en, needsNote, needsTime, overriddenBy } of step.choices)
    lines.push(
      `  → dr step answer ${step.id} ${id} --role ${overriddenBy ?? step.responsible}${needsNote ? ' --note "..."' : ''}${needsTime ? ' --at "..."' : ''}   ${it} / ${en}`,
    );
  return lines.join('\n');
}

function indent(text: string): string[] {
  return text.split('\n').map((line) => `    | ${line}`);
}
