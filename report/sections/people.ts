/** People in a run: what they are called, what they said, and whether it was people at all. */
import type { Answer, Step } from '../../runbooks/clock/model.ts';
import { day, dayAndTime, timeOfDay } from '../format.ts';
import { data, type Fragment, type Html, html } from '../html.ts';
import { icon } from '../icons.ts';
import type { Report } from '../model.ts';
import { choiceTexts, counted, originTexts, type Text, text } from '../texts.ts';

/** Near the verdict: a reader must not take an exercise without people for one with them. */
export function whoAnswered({ answers, unattended }: Report): Fragment {
  const simulated = answers.filter(({ origin }) => origin === 'simulated').length;
  if (unattended || simulated > 0) {
    const how = counted(simulated, text('risposta', 'answer'), text('risposte', 'answers'));
    return html`<p class="people unknown">${icon('NOT VERIFIABLE')}<span><strong>${text(
      'Le risposte delle persone sono simulate.',
      'People’s answers are simulated.',
    )}</strong> ${text(
      `Nessuno ha risposto davvero: ${how.it} del programma al posto delle persone, contate zero. I tempi misurati sono quelli delle macchine.`,
      `Nobody really answered: ${how.en} by the program in place of people, counted as zero. The times measured are those of the machines.`,
    )}</span></p>\n`;
  }
  return answers.length === 0 ? '' : html`<p class="people"><span>${peopleCounted(answers)}</span></p>\n`;
}

function peopleCounted(answers: readonly Answer[]): Text {
  const people = new Set(answers.map(({ person }) => person).filter(Boolean)).size;
  const given = counted(answers.length, text('risposta', 'answer'), text('risposte', 'answers'));
  const by = counted(people, text('persona', 'person'), text('persone', 'people'));
  const declared = answers.filter(({ origin }) => origin === 'declared').length;
  const withdrawn = answers.filter(({ takenBack }) => takenBack !== null).length;
  const named = people > 0 ? text(` da ${by.it}`, ` by ${by.en}`) : text(' senza nome', ' without a name');
  return text(
    `Hanno risposto le persone: ${given.it}${named.it}; con un’ora dichiarata: ${declared}; ritirate: ${withdrawn}.`,
    `People answered: ${given.en}${named.en}; with a declared time: ${declared}; taken back: ${withdrawn}.`,
  );
}

/** A role by its name, or by its id where the evidence does not hold the name. */
export function roleName({ roles = {} }: Pick<Report, 'roles'>, id: string): Html {
  return html`<bdi>${Object.hasOwn(roles, id) ? (roles[id] ?? id) : id}</bdi>`;
}

/** The words of an answer, as they were shown to who gave it. */
export function choiceName({ options = [] }: Pick<Step, 'options'>, choice: string): Text {
  const option = options.find(({ id }) => id === choice);
  if (option !== undefined) return text(option.it, option.en);
  return (Object.hasOwn(choiceTexts, choice) ? choiceTexts[choice] : undefined) ?? text(choice, choice);
}

/** Role, person and time; says so where the time is declared or nobody answered. */
export function whoAndWhen(report: Report, answer: Answer): Html {
  const { role, person, atUtc, origin } = answer;
  const code = person === '' ? '' : html` <code>${data(person)}</code>`;
  const known = origin === 'measured' ? '' : html` <small>${originTexts[origin]}</small>`;
  return html`${roleName(report, role)}${code} <time datetime="${atUtc}">${instant(report, atUtc)}</time>${known}`;
}

export function noteOf({ note }: Answer): Fragment {
  return note === '' ? '' : html`<span class="note evidence">${data(note)}</span>`;
}

export function takenBackNote({ takenBack }: Answer): Fragment {
  if (takenBack === null) return '';
  return html` <small>${text('ritirata', 'taken back')}: ${data(takenBack)}</small>`;
}

/** The time alone where the whole run is of one day. */
export function instant({ startedAtUtc, lastAtUtc }: Report, iso: string): Text | string {
  const oneDay = day(startedAtUtc) === day(lastAtUtc) && day(iso) === day(startedAtUtc);
  return oneDay ? timeOfDay(iso) : dayAndTime(iso);
}
