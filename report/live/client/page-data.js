/** What the server wrote into the page beside its code: the fixed texts, and whether commands are taken. */

/** @import { LiveTexts } from '../texts.ts' */

/** @type {{ texts: LiveTexts, canAct: boolean }} */
export const { texts, canAct } = JSON.parse(document.getElementById('page-data')?.textContent ?? '');
