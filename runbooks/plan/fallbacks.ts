/** What people do by hand while an application is away, where its entry in the inventory says so (`fallback`). */
import type { Inventory } from '../../inventory/schema.ts';
import type { Application, PaperSheet } from '../../inventory/schema-applications.ts';
import type { Bilingual, Runbook } from './model.ts';

/** Where the staff hears what cannot be done yet, and what is done instead. */
const TOLD_IN = '6.2.4-front-office';

const sentences: Record<PaperSheet, (application: Application) => Bilingual> = {
  attendance: ({ nameIt, nameEn }) => ({
    it: `${nameIt}: si firma a mano. "dr paper print attendance" stampa il foglio del giorno; tornato il servizio, le ore si registrano con "dr paper enter FILE".`,
    en: `${nameEn}: people sign by hand. "dr paper print attendance" prints the sheet of the day; once the service is back, the times are entered with "dr paper enter FILE".`,
  }),
};

/** The runbook with the inventory's fallbacks in the instructions of the step that tells the staff of them. */
export function withFallbacks(runbook: Runbook, { applications }: Inventory): Runbook {
  const said = applications.flatMap((application) =>
    application.fallback === undefined ? [] : [sentences[application.fallback.sheet](application)],
  );
  return runbook.map((step) => {
    if (step.id !== TOLD_IN) return step;
    const { it, en } = step.instructions;
    return {
      ...step,
      instructions: {
        it: [it, ...said.map((sentence) => sentence.it)].join(' '),
        en: [en, ...said.map((sentence) => sentence.en)].join(' '),
      },
    };
  });
}
